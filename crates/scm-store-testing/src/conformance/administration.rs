//! Rules of administering users, roles, tokens and access keys.

use scm_seal::SealedSecret;
use scm_store::{
    AccessKeyEntry, AccessKeyId, AccessKeyRecord, AuditEvent, AuditQuery, DomainId, FirstStart,
    Grant, NewAccessKey, NewToken, NewUser, PasswordHash, ProjectId, ProjectRecord, Role, Store,
    StoreError, TokenHash, UserId, action,
};
use time::Duration;

use super::{NOW, actor, first_start};

/// Users and projects are listed by name, each domain by itself.
pub async fn users_and_projects_are_listed(store: Store) {
    let first = settled(&store).await;
    let domain = &first.domain.id;
    assert_eq!(store.domains().await.unwrap(), std::slice::from_ref(&first.domain));
    let second = second_project();
    assert_eq!(store.projects(domain).await.unwrap(), [first.project.clone(), second.clone()]);
    let names = async || -> Vec<String> {
        store.users(domain).await.unwrap().into_iter().map(|user| user.name).collect()
    };
    assert_eq!(names().await, ["admin", "reader"]);
    let [admin, reader] = &store.users(domain).await.unwrap()[..] else { panic!("two") };
    assert_eq!(*admin, store.user_by_id(&first.user.id).await.unwrap());
    assert_eq!(*reader, store.user_by_id(&reader.id).await.unwrap());
    assert_eq!(store.projects_of(&admin.id).await.unwrap(), [first.project]);
    assert_eq!(store.projects_of(&reader.id).await.unwrap(), [second]);
    let nowhere = DomainId::new("nowhere");
    assert_eq!(store.projects(&nowhere).await.unwrap(), []);
    assert_eq!(store.users(&nowhere).await.unwrap(), []);
    assert_eq!(store.projects_of(&UserId::new("unknown")).await.unwrap(), []);
}

/// A password is changed for one user only.
pub async fn a_password_is_changed(store: Store) {
    let first = settled(&store).await;
    let password = PasswordHash::new("$argon2id$other");
    store.set_password(None, &reader(), password.clone(), NOW).await.unwrap();
    assert_eq!(store.user_by_id(&reader()).await.unwrap().password, password);
    assert_eq!(store.user_by_id(&first.user.id).await.unwrap().password, first.user.password);
}

/// A disabled user is still found, but their tokens and access keys are refused, and new ones are not
/// stored. Once the user is enabled again, the old ones are valid again.
pub async fn a_disabled_user_stands_for_nothing(store: Store) {
    settled(&store).await;
    let (user, token, key) = (reader(), token(7), access_key("AK1"));
    store.add_token(&actor(), token.clone()).await.unwrap();
    store.add_access_key(None, key.clone()).await.unwrap();
    for enabled in [false, true] {
        store.set_enabled(Some(&actor()), &user, enabled, NOW).await.unwrap();
        assert_eq!(store.user_by_id(&user).await.unwrap().enabled, enabled);
        assert_eq!(store.token(&token.hash).await.is_ok(), enabled);
        assert_eq!(store.access_key(&key.id).await.is_ok(), enabled);
        assert_eq!(store.access_keys_of(&user).await.unwrap().len(), 1);
        let action = if enabled { action::USER_ENABLE } else { action::USER_DISABLE };
        let event = AuditEvent::done(&actor(), action, NOW).about(&user);
        assert_eq!(store.events(&AuditQuery::of(&actor().project, 1)).await.unwrap(), [event]);
        if !enabled {
            let refused = [
                store.add_token(&actor(), self::token(8)).await,
                store.add_access_key(None, access_key("AK2")).await,
            ];
            let missing = |was: &Result<(), _>| matches!(was, Err(StoreError::Missing { .. }));
            assert!(refused.iter().all(missing), "{refused:?}");
        }
    }
}

/// A role is given, changed and taken away, and tokens and access keys follow.
pub async fn a_role_is_what_it_is_today(store: Store) {
    let first = settled(&store).await;
    let (user, token, key) = (reader(), token(7), access_key("AK1"));
    store.add_token(&actor(), token.clone()).await.unwrap();
    store.add_access_key(None, key.clone()).await.unwrap();
    let (project, role) = (second_project().id, Role::FullAccess);
    store.grant(None, &user, Grant { project: project.clone(), role }, NOW).await.unwrap();
    assert_eq!(store.token(&token.hash).await.unwrap().role, role);
    assert_eq!(store.access_key(&key.id).await.unwrap().role, role);
    let elsewhere = Grant { project: first.project.id.clone(), role: Role::ReadOnly };
    store.grant(None, &user, elsewhere.clone(), NOW).await.unwrap();
    store.revoke_grant(None, &user, &project, NOW).await.unwrap();
    assert_eq!(store.user_by_id(&user).await.unwrap().grants, [elsewhere]);
    assert!(matches!(store.token(&token.hash).await, Err(StoreError::Missing { .. })));
    assert!(matches!(store.access_key(&key.id).await, Err(StoreError::Missing { .. })));
    assert_eq!(store.access_keys_of(&user).await.unwrap().len(), 1);
    let actions: Vec<_> = store.events(&AuditQuery::of(&project, 2)).await.unwrap();
    let event = |action| AuditEvent::done_here(action, NOW).about(&user).within(&project);
    assert_eq!(actions, [event(action::ROLE_REVOKE), event(action::ROLE_GRANT)]);
}

/// Who is removed takes roles, tokens and access keys along; the name is free again.
pub async fn who_is_removed_is_gone(store: Store) {
    let first = settled(&store).await;
    let (user, token, key) = (reader(), token(7), access_key("AK1"));
    store.add_token(&actor(), token.clone()).await.unwrap();
    store.add_access_key(None, key.clone()).await.unwrap();
    store.remove_user(Some(&actor()), &user, NOW).await.unwrap();
    assert!(matches!(store.user_by_id(&user).await, Err(StoreError::Missing { .. })));
    let event = AuditEvent::done(&actor(), action::USER_REMOVE, NOW).about(&user);
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 1)).await.unwrap(), [event]);
    let again = NewUser { name: "reader".into(), ..new_user() };
    let grants = vec![Grant { project: second_project().id, role: Role::ReadOnly }];
    store.add_user(None, first.domain.id, again, grants, NOW).await.unwrap();
    assert!(matches!(store.token(&token.hash).await, Err(StoreError::Missing { .. })));
    assert!(matches!(store.access_key(&key.id).await, Err(StoreError::Missing { .. })));
    assert_eq!(store.access_keys_of(&user).await.unwrap(), []);
    assert!(store.token(&first.token.hash).await.is_ok());
}

/// Tokens are revoked one by one, or all of a user.
pub async fn tokens_are_revoked(store: Store) {
    let first = settled(&store).await;
    for byte in 7..10 {
        store.add_token(&actor(), token(byte)).await.unwrap();
    }
    store.revoke_token(Some(&actor()), &token(7).hash, NOW).await.unwrap();
    let event = AuditEvent::done(&actor(), action::TOKEN_REVOKE, NOW).about(reader());
    let project = second_project().id;
    assert_eq!(store.events(&AuditQuery::of(&project, 1)).await.unwrap(), [event.within(&project)]);
    assert!(matches!(store.token(&token(7).hash).await, Err(StoreError::Missing { .. })));
    assert!(store.token(&token(8).hash).await.is_ok());
    assert_eq!(store.revoke_tokens_of(None, &reader(), NOW).await.unwrap(), 2);
    assert!(matches!(store.token(&token(8).hash).await, Err(StoreError::Missing { .. })));
    assert!(store.token(&first.token.hash).await.is_ok());
    assert_eq!(store.revoke_tokens_of(None, &reader(), NOW).await.unwrap(), 0);
}

/// An access key names its owner and its purpose, can be turned off and on, and is removed.
pub async fn an_access_key_stands_for_its_owner(store: Store) {
    let first = settled(&store).await;
    let (key, by) = (access_key("AK1"), actor());
    store.add_access_key(Some(&by), key.clone()).await.unwrap();
    let record = AccessKeyRecord {
        id: key.id.clone(),
        user: reader(),
        domain: first.domain.id,
        project: key.project.clone(),
        role: Role::ReadOnly,
        sealed_secret: key.sealed_secret.clone(),
        enabled: true,
        created: NOW,
    };
    assert_eq!(store.access_key(&key.id).await.unwrap(), record);
    store.set_access_key_enabled(Some(&by), &key.id, false, NOW).await.unwrap();
    let disabled = AccessKeyRecord { enabled: false, ..record };
    assert_eq!(store.access_key(&key.id).await.unwrap(), disabled);
    let older = NewAccessKey { created: NOW - Duration::HOUR, ..access_key("AK2") };
    store.add_access_key(None, older.clone()).await.unwrap();
    let entry = |key: &NewAccessKey, enabled| {
        let NewAccessKey { id, project, created, .. } = key.clone();
        AccessKeyEntry { id, project, enabled, created }
    };
    let entries = [entry(&older, true), entry(&key, false)];
    assert_eq!(store.access_keys_of(&reader()).await.unwrap(), entries);
    store.remove_access_key(Some(&by), &key.id, NOW).await.unwrap();
    assert!(matches!(store.access_key(&key.id).await, Err(StoreError::Missing { .. })));
    assert_eq!(store.access_keys_of(&reader()).await.unwrap(), entries[..1]);
    let events = store.events(&AuditQuery::of(&key.project, 3)).await.unwrap();
    let event = |action| AuditEvent::done(&by, action, NOW).about(&key.id).within(&key.project);
    let expected = [
        event(action::ACCESS_KEY_REMOVE),
        event(action::ACCESS_KEY_DISABLE),
        event(action::ACCESS_KEY_CREATE),
    ];
    assert_eq!(events, expected);
}

/// An access key with an id that exists is refused, whichever user it is for.
pub async fn an_access_key_is_stored_once(store: Store) {
    let first = settled(&store).await;
    store.add_access_key(None, access_key("AK1")).await.unwrap();
    let again = NewAccessKey {
        user: first.user.id,
        project: first.project.id,
        sealed_secret: SealedSecret::from_kept(vec![1; 65]),
        ..access_key("AK1")
    };
    let refused = store.add_access_key(None, again).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let stored = store.access_key(&AccessKeyId::new("AK1")).await.unwrap();
    assert_eq!((stored.user, stored.sealed_secret), (reader(), access_key("AK1").sealed_secret));
}

/// The first start may bring an access key.
pub async fn set_up_stores_the_first_access_key(store: Store) {
    let first = first_start();
    let (user, project) = (first.user.id.clone(), first.project.id.clone());
    let key = NewAccessKey { user: user.clone(), project, ..access_key("AK1") };
    store.set_up(FirstStart { access_key: Some(key.clone()), ..first }).await.unwrap();
    let stored = store.access_key(&key.id).await.unwrap();
    assert_eq!((stored.user, stored.role), (user, Role::Administrator));
}

/// Nothing is done to whom or what is not there, and trying leaves no event.
pub async fn nothing_is_done_to_who_is_missing(store: Store) {
    settled(&store).await;
    let before = store.events(&AuditQuery::of(&actor().project, 100)).await.unwrap();
    let (by, unknown, key) = (Some(&actor()), UserId::new("unknown"), AccessKeyId::new("AK9"));
    let grant = |project| Grant { project, role: Role::ReadOnly };
    let (project, nowhere) = (actor().project, ProjectId::new("nowhere"));
    let strange = NewAccessKey { user: unknown.clone(), ..access_key("AK9") };
    let roleless = NewAccessKey { project: project.clone(), ..access_key("AK9") };
    let missing = [
        store.set_password(by, &unknown, PasswordHash::new("x"), NOW).await.err(),
        store.set_enabled(by, &unknown, true, NOW).await.err(),
        store.grant(by, &unknown, grant(project.clone()), NOW).await.err(),
        store.grant(by, &reader(), grant(nowhere), NOW).await.err(),
        store.revoke_grant(by, &reader(), &project, NOW).await.err(),
        store.remove_user(by, &unknown, NOW).await.err(),
        store.revoke_token(by, &TokenHash([9; 32]), NOW).await.err(),
        store.revoke_tokens_of(by, &unknown, NOW).await.err(),
        store.add_access_key(by, strange).await.err(),
        store.add_access_key(by, roleless).await.err(),
        store.access_key(&key).await.err(),
        store.set_access_key_enabled(by, &key, true, NOW).await.err(),
        store.remove_access_key(by, &key, NOW).await.err(),
    ];
    for (place, error) in missing.iter().enumerate() {
        assert!(matches!(error, Some(StoreError::Missing { .. })), "{place}: {error:?}");
    }
    assert_eq!(store.events(&AuditQuery::of(&project, 100)).await.unwrap(), before);
}

/// A store that was set up, with a second project in which a second user may read.
async fn settled(store: &Store) -> FirstStart {
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    store.add_project(None, second_project(), NOW).await.unwrap();
    let grants = vec![Grant { project: second_project().id, role: Role::ReadOnly }];
    store.add_user(None, first.domain.id.clone(), new_user(), grants, NOW).await.unwrap();
    first
}

fn second_project() -> ProjectRecord {
    let domain = first_start().domain.id;
    ProjectRecord { id: ProjectId::new("p2"), domain, name: "second".into() }
}

fn reader() -> UserId {
    UserId::new("u2")
}

fn new_user() -> NewUser {
    NewUser { id: reader(), name: "reader".into(), ..first_start().user }
}

fn token(byte: u8) -> NewToken {
    let (user, project) = (reader(), second_project().id);
    NewToken { hash: TokenHash([byte; 32]), user, project, ..first_start().token }
}

fn access_key(id: &str) -> NewAccessKey {
    NewAccessKey {
        id: AccessKeyId::new(id),
        user: reader(),
        project: second_project().id,
        sealed_secret: SealedSecret::from_kept(id.as_bytes().repeat(30)),
        created: NOW,
    }
}
