//! Rules of the audit trail.

use std::sync::Arc;

use time::Duration;

use super::fixture::{NOW, Workshop, actor, in_project};
use crate::{AuditEvent, Outcome, Store, action};

/// An import tells who, where, from where, what and when.
pub async fn keeping_leaves_an_event(store: Arc<dyn Store>) {
    let new = Workshop::new().issue("www.example.com").new_certificate(1);
    let id = new.id;
    store.keep(&actor(), new).await.unwrap();
    let event = AuditEvent {
        at: NOW,
        action: action::CERTIFICATE_IMPORT.into(),
        user: Some(actor().user),
        project: Some(actor().project),
        certificate: Some(id),
        subject: None,
        address: Some(actor().address),
        request_id: Some(actor().request_id),
        outcome: Outcome::Done,
    };
    assert_eq!(store.events(&actor().project, 10).await.unwrap(), [event]);
}

/// Events come newest first, no more than asked for, and those of one project only. What happened
/// within one millisecond keeps its order.
pub async fn events_are_the_newest_of_the_project(store: Arc<dyn Store>) {
    let event = |name: &'static str, seconds| {
        AuditEvent::done(&actor(), name, NOW + Duration::seconds(seconds))
    };
    for (name, seconds) in [("a", 5), ("b", 1), ("c", 5), ("d", 3)] {
        store.record(event(name, seconds)).await.unwrap();
    }
    store.record(AuditEvent::done(&in_project("theirs"), "theirs", NOW)).await.unwrap();
    let names = async |limit| -> Vec<String> {
        let events = store.events(&actor().project, limit).await.unwrap();
        events.into_iter().map(|event| event.action.into_owned()).collect()
    };
    assert_eq!(names(10).await, ["c", "a", "d", "b"]);
    assert_eq!(names(2).await, ["c", "a"]);
    assert_eq!(names(0).await, Vec::<String>::new());
}

/// What was refused is kept with its code, and what is not known is left out.
pub async fn a_refusal_is_recorded(store: Arc<dyn Store>) {
    let refused = AuditEvent {
        user: None,
        address: None,
        request_id: None,
        ..AuditEvent::done(&actor(), "certificate.delete", NOW).refused("SCM.4002")
    };
    store.record(refused.clone()).await.unwrap();
    assert_eq!(store.events(&actor().project, 1).await.unwrap(), [refused]);
    let nowhere = AuditEvent::done(&actor(), "token.issue", NOW).refused("401");
    store.record(AuditEvent { project: None, ..nowhere }).await.unwrap();
}
