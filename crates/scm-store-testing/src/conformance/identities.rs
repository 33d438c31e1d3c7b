//! Rules of domains, projects, users and tokens.

use scm_store::{
    AuditEvent, AuditQuery, DomainId, DomainRecord, Grant, NewToken, NewUser, ProjectId,
    ProjectRecord, Role, Store, StoreError, TokenHash, TokenRecord, UserId, UserRecord, action,
};
use time::Duration;

use super::{NOW, actor, first_start};

/// After the first start there are a domain, a project, a user with a role and a token.
pub async fn set_up_makes_all_that_is_needed(store: Store) {
    assert!(!store.is_set_up().await.unwrap());
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    assert!(store.is_set_up().await.unwrap());

    assert_eq!(store.domain_by_id(&first.domain.id).await.unwrap(), first.domain);
    assert_eq!(store.domain_by_name(&first.domain.name).await.unwrap(), first.domain);
    let (domain, project) = (&first.domain.id, &first.project);
    assert_eq!(store.project_by_id(&project.id).await.unwrap(), *project);
    assert_eq!(store.project_by_name(domain, &project.name).await.unwrap(), *project);
    let user = UserRecord {
        id: first.user.id.clone(),
        domain: first.domain.id.clone(),
        name: first.user.name.clone(),
        password: first.user.password.clone(),
        enabled: true,
        grants: vec![Grant { project: first.project.id.clone(), role: first.role }],
    };
    assert_eq!(store.user_by_id(&user.id).await.unwrap(), user);
    assert_eq!(store.user_by_name(domain, &user.name).await.unwrap(), user);
    assert_eq!(store.token(&first.token.hash).await.unwrap().user, user.id);
    let events = store.events(&AuditQuery::of(&project.id, 10)).await.unwrap();
    assert_eq!(events[0].action, action::SET_UP);
    assert_eq!((events.len(), events[0].at), (1, NOW));
}

/// A second first start is refused and changes nothing.
pub async fn set_up_is_done_once(store: Store) {
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    let domain = DomainRecord { id: DomainId::new("d2"), name: "other".into() };
    let again = scm_store::FirstStart { domain, ..first_start() };
    assert!(matches!(store.set_up(again).await, Err(StoreError::Conflict { .. })));
    assert!(matches!(store.domain_by_name("other").await, Err(StoreError::Missing { .. })));
    assert_eq!(store.events(&AuditQuery::of(&first.project.id, 10)).await.unwrap().len(), 1);
}

/// Names are listed in the order of their characters' numbers, which no language has.
pub async fn names_are_in_the_order_of_their_characters(store: Store) {
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    let ordered =
        ["", "A", "Z", "_", "a", "a b", "a-b", "a.b", "ab", "admin", "main", "É", "证", "𝄞"];
    for name in ordered.iter().rev().filter(|name| !["admin", "main"].contains(name)) {
        let id = format!("id of {name}");
        let project = ProjectRecord {
            id: ProjectId::new(&id),
            domain: first.domain.id.clone(),
            name: (*name).to_owned(),
        };
        store.add_project(None, project, NOW).await.unwrap();
        let user = NewUser { id: UserId::new(&id), name: (*name).to_owned(), ..first.user.clone() };
        store.add_user(None, first.domain.id.clone(), user, vec![], NOW).await.unwrap();
    }
    let users = store.users(&first.domain.id).await.unwrap();
    let names: Vec<_> = users.iter().map(|user| &*user.name).collect();
    assert_eq!(names, ordered.into_iter().filter(|name| *name != "main").collect::<Vec<_>>());
    let projects = store.projects(&first.domain.id).await.unwrap();
    let names: Vec<_> = projects.iter().map(|project| &*project.name).collect();
    assert_eq!(names, ordered.into_iter().filter(|name| *name != "admin").collect::<Vec<_>>());
}

/// A project and a user of it are found as they were added, and each leaves its event.
pub async fn projects_and_users_are_added(store: Store) {
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    let (project, user) = (second_project(), second_user());
    let grant = Grant { project: project.id.clone(), role: Role::ReadOnly };
    store.add_project(Some(&actor()), project.clone(), NOW).await.unwrap();
    let domain = first.domain.id;
    let grants = vec![grant.clone()];
    store.add_user(Some(&actor()), domain.clone(), user.clone(), grants, NOW).await.unwrap();
    assert_eq!(store.project_by_name(&domain, &project.name).await.unwrap(), project);
    let found = store.user_by_id(&user.id).await.unwrap();
    assert_eq!((&found.name, found.grants), (&user.name, vec![grant]));
    let events = store.events(&AuditQuery::of(&actor().project, 1)).await.unwrap();
    let expected = AuditEvent::done(&actor(), action::USER_CREATE, NOW).about(&user.id);
    assert_eq!(events, [expected]);
    let events = store.events(&AuditQuery::of(&project.id, 1)).await.unwrap();
    let expected = AuditEvent::done(&actor(), action::PROJECT_CREATE, NOW).about(&project.id);
    assert_eq!(events, [expected.within(&project.id)]);
}

/// What is added in a place that is not there is refused, and so is what is there already; a user
/// is not made without all of their roles.
pub async fn what_is_added_needs_its_place(store: Store) {
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    let (actor, domain, nowhere) = (actor(), first.domain.id, DomainId::new("nowhere"));
    let astray = ProjectRecord { domain: nowhere.clone(), ..second_project() };
    let grant = |project: ProjectId| vec![Grant { project, role: Role::FullAccess }];
    let missing = [
        store.add_project(Some(&actor), astray, NOW).await,
        store.add_user(Some(&actor), nowhere, second_user(), vec![], NOW).await,
        store
            .add_user(Some(&actor), domain.clone(), second_user(), grant(ProjectId::new("p9")), NOW)
            .await,
    ];
    assert!(
        missing.iter().all(|was| matches!(was, Err(StoreError::Missing { .. }))),
        "{missing:?}"
    );
    assert!(matches!(store.user_by_id(&second_user().id).await, Err(StoreError::Missing { .. })));
    let twice = [grant(first.project.id.clone()), grant(first.project.id.clone())].concat();
    let conflicts = [
        store.add_project(Some(&actor), first.project.clone(), NOW).await,
        store.add_user(Some(&actor), domain.clone(), first.user, vec![], NOW).await,
        store.add_user(Some(&actor), domain, second_user(), twice, NOW).await,
    ];
    let conflict = |was: &Result<(), _>| matches!(was, Err(StoreError::Conflict { .. }));
    assert!(conflicts.iter().all(conflict), "{conflicts:?}");
    assert!(matches!(store.user_by_id(&second_user().id).await, Err(StoreError::Missing { .. })));
}

/// An unknown user is missing, even if another domain has a user of this name.
pub async fn who_is_unknown_is_missing(store: Store) {
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    let other = DomainId::new("elsewhere");
    let missing = [
        store.domain_by_id(&other).await.err(),
        store.domain_by_name("elsewhere").await.err(),
        store.project_by_id(&ProjectId::new("elsewhere")).await.err(),
        store.project_by_name(&other, &first.project.name).await.err(),
        store.user_by_id(&UserId::new("unknown")).await.err(),
        store.user_by_name(&other, &first.user.name).await.err(),
        store.token(&TokenHash([9; 32])).await.err(),
    ];
    for error in missing {
        assert!(matches!(error, Some(StoreError::Missing { .. })), "{error:?}");
    }
}

/// A token returns its owner, its project, its role and its expiry.
pub async fn a_token_stands_for_its_owner(store: Store) {
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    let token = token(2, 60);
    store.add_token(&actor(), token.clone()).await.unwrap();
    let found = store.token(&token.hash).await.unwrap();
    let expected = TokenRecord {
        user: first.user.id,
        domain: first.domain.id,
        project: first.project.id,
        role: Role::Administrator,
        issued: NOW,
        expires: NOW + Duration::seconds(60),
    };
    assert_eq!(found, expected);
    let events = store.events(&AuditQuery::of(&actor().project, 1)).await.unwrap();
    assert_eq!(events[0].action, action::TOKEN_ISSUE);
}

/// A token is refused for a project in which its owner has no role, or to a user who is not there.
pub async fn a_token_needs_a_role(store: Store) {
    store.set_up(first_start()).await.unwrap();
    let strange_project = NewToken { project: ProjectId::new("theirs"), ..token(2, 60) };
    let strange_user = NewToken { user: UserId::new("unknown"), ..token(2, 60) };
    for token in [strange_project, strange_user] {
        let refused = store.add_token(&actor(), token).await;
        assert!(matches!(refused, Err(StoreError::Missing { .. })), "{refused:?}");
    }
    assert!(matches!(store.token(&TokenHash([2; 32])).await, Err(StoreError::Missing { .. })));
}

/// A token is not stored twice.
pub async fn a_token_is_stored_once(store: Store) {
    store.set_up(first_start()).await.unwrap();
    store.add_token(&actor(), token(2, 60)).await.unwrap();
    let again = store.add_token(&actor(), token(2, 90)).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    let stored = store.token(&TokenHash([2; 32])).await.unwrap();
    assert_eq!(stored.expires, NOW + Duration::seconds(60));
}

/// A sweep drops the tokens that expired before, and no others.
pub async fn expired_tokens_are_swept(store: Store) {
    store.set_up(first_start()).await.unwrap();
    store.add_token(&actor(), token(2, 60)).await.unwrap();
    store.add_token(&actor(), token(3, 61)).await.unwrap();
    assert_eq!(store.sweep_tokens(NOW + Duration::seconds(60)).await.unwrap(), 0);
    assert_eq!(store.sweep_tokens(NOW + Duration::seconds(61)).await.unwrap(), 1);
    assert!(matches!(store.token(&TokenHash([2; 32])).await, Err(StoreError::Missing { .. })));
    assert!(store.token(&TokenHash([3; 32])).await.is_ok());
}

fn second_project() -> ProjectRecord {
    let domain = first_start().domain.id;
    ProjectRecord { id: ProjectId::new("p2"), domain, name: "second".into() }
}

fn second_user() -> NewUser {
    NewUser { id: UserId::new("u2"), name: "second".into(), ..first_start().user }
}

fn token(byte: u8, seconds: i64) -> NewToken {
    let expires = NOW + Duration::seconds(seconds);
    NewToken { hash: TokenHash([byte; 32]), expires, ..first_start().token }
}
