//! A copy in another backend, and a copy of that copy, hold the same rows.

use scm_seal::{KeyCheck, SealedSecret};
use scm_store::{
    AccessKeyId, AuditQuery, CertificateId, CertificateQuery, CopyError, Grant, Location,
    NewAccessKey, NewUser, PasswordHash, ProjectId, ProjectRecord, Role, Stage, Store, StoreError,
    UserId, copy, open,
};
use scm_store_testing::{
    conformance::{MadeUp, NOW, Workshop, actor, first_start, in_project},
    test_postgres::TestPostgres,
};
use tempfile::TempDir;
use time::ext::NumericalDuration;
use tokio::{runtime::Handle, task::block_in_place};

use super::keyring;

/// More than go in one batch.
const MANY: u64 = 1234;

fn file(folder: &TempDir, name: &str) -> Location {
    Location::Sqlite(folder.path().join(name))
}

async fn database() -> Location {
    Location::Postgres(TestPostgres::shared().new_database().await.parse().unwrap())
}

async fn copied(from: &Location, to: &Location) -> Vec<(&'static str, u64)> {
    copy(from, to, &mut |_| {}).await.unwrap().parts
}

/// A second user, who may read a project without certificates.
async fn add_people(store: &Store) {
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    let project = ProjectRecord {
        id: ProjectId::new("second"),
        domain: first.domain.id.clone(),
        name: "zweites \0 \u{10fffe}".into(),
    };
    store.add_project(Some(&actor()), project.clone(), NOW).await.unwrap();
    let user = NewUser {
        id: UserId::new("u2"),
        name: "Zoë".into(),
        password: PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"),
    };
    let grants = vec![Grant { project: project.id, role: Role::ReadOnly }];
    store.add_user(None, first.domain.id, user, grants, NOW).await.unwrap();
    let key = NewAccessKey {
        id: AccessKeyId::new("AK1"),
        user: first.user.id.clone(),
        project: first.project.id,
        sealed_secret: SealedSecret::from_kept(vec![7; 60]),
        created: NOW,
    };
    store.add_access_key(None, key.clone()).await.unwrap();
    store.set_access_key_enabled(None, &key.id, false, NOW).await.unwrap();
}

/// At least one row of each part, with certificates of all sorts.
async fn fill(store: &Store) {
    add_people(store).await;
    let issued = Workshop::new().issue("www.example.com");
    store.insert(&actor(), issued.new_certificate(1).once_by("key")).await.unwrap();
    store.insert(&in_project("theirs"), issued.clone().new_certificate(2)).await.unwrap();
    store.insert(&actor(), issued.without_chain().new_certificate(3)).await.unwrap();
    let odd = MadeUp {
        name: "ODD \0 ÄÖ\u{10fffe}".into(),
        sans: vec!["a.example".into(), "Ü.example".into()],
        enterprise_project: "an enterprise's".into(),
        not_after: NOW - 2.days(),
        ..MadeUp::new(4)
    };
    store.insert(&actor(), odd.to_new()).await.unwrap();
    for number in 10..10 + MANY {
        let not_after = NOW + (number as i64 % 90 - 30).days();
        store.insert(&actor(), MadeUp { not_after, ..MadeUp::new(number) }.to_new()).await.unwrap();
    }
    store.sweep_expired(NOW).await.unwrap();
    store.delete(&actor(), MadeUp::new(11).id(), NOW).await.unwrap();
    store.lease_block().await.unwrap();
    let key = KeyCheck {
        key_id: "0123456789abcdef0123456789abcdef".parse().unwrap(),
        value: "00112233445566778899aabbccddeeff".parse().unwrap(),
    };
    store.record_master_keys(vec![key]).await.unwrap();
}

/// The results of all reads of a store, as one text.
async fn all_of(store: &Store) -> String {
    let mut all = String::new();
    let domain = first_start().domain.id;
    let key = store.access_key(&AccessKeyId::new("AK1")).await.unwrap();
    all += &format!("{:?}\n{:?}\n", key.sealed_secret.as_bytes(), key.enabled);
    all += &format!("{:?}\n", store.token(&first_start().token.hash).await.unwrap().expires);
    for user in store.users(&domain).await.unwrap() {
        let password = user.password.secret_phc().to_owned();
        all += &format!(
            "{} {} {} {password} {:?}\n",
            user.id.as_str(),
            user.name,
            user.enabled,
            user.grants
        );
    }
    all += &format!("{:?}\n", store.projects(&domain).await.unwrap());
    for project in ["ours", "theirs", "second"].map(ProjectId::new) {
        all += &format!("{:?}\n", store.counts(&project, NOW).await.unwrap());
        let list = store.list(&project, &CertificateQuery::new(NOW, 2000)).await.unwrap();
        for record in &list.records {
            let bundle = store.bundle(&project, record.id).await.unwrap();
            all += &format!("{record:?} {:?}\n", bundle.sealed_key.as_bytes());
            all += &format!("{:?} {:?}\n", bundle.leaf, bundle.chain);
        }
        all += &format!("{:?}\n", store.events(&AuditQuery::of(&project, 5000)).await.unwrap());
        let content = Some("äÖ\u{10fffe}".to_owned());
        let query = CertificateQuery { content, ..CertificateQuery::new(NOW, 10) };
        all += &format!("{}\n", store.list(&project, &query).await.unwrap().total);
    }
    all
}

/// A copy works like any store: it knows earlier imports, new ids are free, the index is complete.
async fn continues(store: &Store, number: u64) {
    let again = Workshop::new().issue("other.example").new_certificate(90).once_by("key");
    let refused = store.insert(&actor(), again).await;
    assert!(matches!(refused, Err(StoreError::ReusedKey { existing }) if existing.number() == 1));
    store.sweep_expired(NOW).await.unwrap();
    assert!(store.index_pending().await.is_ok());
    let new = MadeUp { domain: format!("new{number}.example"), ..MadeUp::new(number) };
    store.insert(&actor(), new.to_new()).await.unwrap();
    store.delete(&actor(), CertificateId::from_number(3).unwrap(), NOW).await.unwrap();
    let newest = store.events(&AuditQuery::of(&actor().project, 2)).await.unwrap();
    assert_eq!(newest[1].subject, Some(new.id().into()), "new events come after copied ones");
    let (rest, theirs) = (actor().project, ProjectId::new("theirs"));
    let total = async |project| {
        let list = store.list(project, &CertificateQuery::new(NOW, 1)).await.unwrap();
        list.total
    };
    assert_eq!((total(&rest).await, total(&theirs).await), (MANY + 2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_copied_from_backend_to_backend_and_back() {
    let folder = TempDir::new().unwrap();
    let locations = [
        file(&folder, "first.db"),
        database().await,
        database().await,
        file(&folder, "back.db"),
        file(&folder, "last.db"),
        database().await,
    ];
    let first = open(locations[0].clone(), keyring()).await.unwrap();
    fill(&first).await;
    let all = all_of(&first).await;
    first.close().await;
    let mut parts = Vec::new();
    for (from, to) in locations.iter().zip(&locations[1..]) {
        let copied = copied(from, to).await;
        assert!(parts.is_empty() || parts == copied, "{parts:?} {copied:?}");
        parts = copied;
    }
    assert_eq!(parts.iter().find(|(part, _)| *part == "certificates").unwrap().1, MANY + 3);
    assert!(parts.iter().all(|(_, rows)| *rows > 0), "{parts:?}");
    for (number, location) in locations.iter().enumerate() {
        let store = open(location.clone(), keyring()).await.unwrap();
        assert_eq!(all_of(&store).await, all, "{location}");
        continues(&store, 9000 + number as u64).await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_copy_continues_and_is_not_opened_before_its_end() {
    let folder = TempDir::new().unwrap();
    let from = file(&folder, "from.db");
    let first = open(from.clone(), keyring()).await.unwrap();
    fill(&first).await;
    let all = all_of(&first).await;
    first.close().await;
    for to in [database().await, file(&folder, "to.db")] {
        let mut cuts = 0;
        for patience in 1.. {
            // One batch later each time.
            let mut left = patience;
            let copying = {
                let (from, to) = (from.clone(), to.clone());
                let (cut, mut is_cut) = tokio::sync::mpsc::unbounded_channel();
                let task = tokio::spawn(async move {
                    copy(&from, &to, &mut |stage| {
                        left -= i32::from(matches!(stage, Stage::Done(_)));
                        if left == 0 {
                            cut.send(()).unwrap();
                        }
                    })
                    .await
                });
                is_cut.recv().await;
                task.abort();
                task.await
            };
            match copying {
                // The last step of the aborted run may have completed the copy.
                Ok(Ok(_) | Err(CopyError::NotEmpty(_))) => break,
                // The last write of the aborted run may still be under way.
                Ok(Err(CopyError::Twice)) => continue,
                Ok(Err(error)) => panic!("{error}"),
                Err(_) => cuts += 1,
            }
            match open(to.clone(), keyring()).await.map(drop) {
                Err(StoreError::HalfCopied { of }) => assert_eq!(of, from.to_string()),
                opened => {
                    opened.unwrap();
                    break;
                }
            }
        }
        let store = open(to.clone(), keyring()).await.unwrap();
        assert_eq!(all_of(&store).await, all);
        assert!(cuts >= 3, "{cuts}");
        println!("{to}: {cuts} cuts");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_written_during_a_copy_are_reported() {
    let folder = TempDir::new().unwrap();
    for to in [database().await, file(&folder, "to.db")] {
        let from = database().await;
        let store = open(from.clone(), keyring()).await.unwrap();
        for number in 0..5 {
            store.insert(&actor(), MadeUp::new(number).to_new()).await.unwrap();
        }
        let refused = copy(&from, &to, &mut |stage| {
            if let Stage::Comparing { .. } = stage {
                let actor = actor();
                let write = store.insert(&actor, MadeUp::new(9).to_new());
                block_in_place(|| Handle::current().block_on(write)).unwrap();
            }
        })
        .await;
        let Err(CopyError::Differs(differences)) = refused else { panic!("{refused:?}") };
        let reported: Vec<_> = differences.iter().map(ToString::to_string).collect();
        assert!(
            reported.contains(&"certificates (6 in the source, 5 in the copy)".into()),
            "{reported:?}"
        );
        assert!(matches!(open(to, keyring()).await.map(drop), Err(StoreError::HalfCopied { .. })));
    }
}

#[tokio::test]
async fn the_destination_is_empty_or_a_copy_of_the_same_source() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (file(&folder, "one.db"), file(&folder, "two.db"));
    for location in [&one, &two] {
        open(location.clone(), keyring()).await.unwrap().close().await;
    }
    let refused = copy(&one, &two, &mut |_| {}).await;
    assert!(matches!(refused, Err(CopyError::NotEmpty(_))), "{refused:?}");
    let nothing = copy(&file(&folder, "none.db"), &two, &mut |_| {}).await;
    assert!(matches!(nothing, Err(CopyError::NoStore(_))), "{nothing:?}");
    let empty = copy(&database().await, &two, &mut |_| {}).await;
    assert!(matches!(empty, Err(CopyError::NoStore(_))), "{empty:?}");
}
