//! Rules of the audit trail.

use scm_store::{Actor, AuditEvent, AuditQuery, Outcome, Store, UserId, action};
use time::Duration;

use super::{MadeUp, NOW, Workshop, actor, in_project};

/// The event of an import records the user, the project, the address, the certificate and the time.
pub async fn an_import_leaves_an_event(store: Store) {
    let new = Workshop::new().issue("www.example.com").new_certificate(1);
    let id = new.id();
    store.insert(&actor(), new).await.unwrap();
    let event = AuditEvent {
        at: NOW,
        action: action::CERTIFICATE_IMPORT.into(),
        user: Some(actor().user),
        project: Some(actor().project),
        subject: Some(id.into()),
        address: Some(actor().address),
        request_id: Some(actor().request_id),
        outcome: Outcome::Done,
    };
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 10)).await.unwrap(), [event]);
}

/// Events are listed newest first, up to the limit, and of one project only. Events of the same
/// millisecond are listed in their order.
pub async fn events_are_the_newest_of_the_project(store: Store) {
    let event = |name: &'static str, seconds| {
        AuditEvent::done(&actor(), name, NOW + Duration::seconds(seconds))
    };
    for (name, seconds) in [("a", 5), ("b", 1), ("c", 5), ("d", 3)] {
        store.record(event(name, seconds)).await.unwrap();
    }
    store.record(AuditEvent::done(&in_project("theirs"), "theirs", NOW)).await.unwrap();
    let names = async |limit| -> Vec<String> {
        let events = store.events(&AuditQuery::of(&actor().project, limit)).await.unwrap();
        events.into_iter().map(|event| event.action.into_owned()).collect()
    };
    assert_eq!(names(10).await, ["c", "a", "d", "b"]);
    assert_eq!(names(2).await, ["c", "a"]);
    assert_eq!(names(0).await, Vec::<String>::new());
}

/// Events are found by who, about what, and since when; without a project, those of all and of none.
pub async fn events_are_found_by_their_fields(store: Store) {
    let at = |seconds| NOW + Duration::seconds(seconds);
    let id = MadeUp::new(7).id();
    let theirs = AuditEvent::done(&in_project("theirs"), "theirs", at(2)).about(id);
    let other = Actor { user: UserId::new("other"), ..actor() };
    let all = [
        AuditEvent::done(&actor(), "latest", at(4)),
        AuditEvent::done_here("nowhere", at(3)),
        theirs.clone(),
        AuditEvent::done(&other, "other's", at(1)).about(id),
        AuditEvent::done(&actor(), "earliest", at(0)),
    ];
    for event in all.iter().rev() {
        store.record(event.clone()).await.unwrap();
    }
    let newest = AuditQuery::newest(10);
    let found = async |query: AuditQuery| store.events(&query).await.unwrap();
    assert_eq!(found(newest.clone()).await, all);
    assert_eq!(found(AuditQuery::newest(2)).await, all[..2]);
    let of = |user: &str| AuditQuery { user: Some(UserId::new(user)), ..newest.clone() };
    assert_eq!(found(of("other")).await, all[3..4]);
    assert_eq!(found(of("unknown")).await, []);
    let about = AuditQuery { certificate: Some(id), ..newest.clone() };
    assert_eq!(found(about.clone()).await, all[2..4]);
    let project = in_project("theirs").project;
    assert_eq!(found(AuditQuery { project: Some(project), ..about }).await, [theirs]);
    assert_eq!(found(AuditQuery { since: Some(at(3)), ..newest }).await, all[..2]);
}

/// A refusal is recorded with its error code; unknown fields are left out.
pub async fn a_refusal_is_recorded(store: Store) {
    let refused = AuditEvent {
        user: None,
        address: None,
        request_id: None,
        ..AuditEvent::done(&actor(), "certificate.delete", NOW).refused("SCM.4002")
    };
    store.record(refused.clone()).await.unwrap();
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 1)).await.unwrap(), [refused]);
    let nowhere = AuditEvent::done(&actor(), "token.issue", NOW).refused("401");
    store.record(AuditEvent { project: None, ..nowhere }).await.unwrap();
}
