//! After any history, lists, counters and searches return what a plain model returns.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use proptest::{collection::vec, option, prelude::*, sample::select};
use scm_store::{
    CertificateId, CertificateListing, CertificateQuery, Change, EnterpriseProject, Location, Sort,
    Start, State, Store, open,
};
use scm_store_testing::{
    conformance::{MadeUp, NOW, actor, in_project},
    test_postgres::TestPostgres,
};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

#[derive(Debug, Clone)]
enum Step {
    Insert { facts: Facts, created: OffsetDateTime },
    Replace { which: usize, facts: Facts, now: OffsetDateTime },
    Rename { which: usize, name: String, now: OffsetDateTime },
    Delete { which: usize },
    Sweep { now: OffsetDateTime },
    Index,
    List { query: CertificateQuery },
}

#[derive(Debug, Clone)]
struct Facts {
    name: String,
    domain: String,
    sans: Vec<String>,
    enterprise_project: String,
    not_after: OffsetDateTime,
}

/// What is known of a certificate, as far as lists go by it.
#[derive(Debug, Clone)]
struct Known {
    id: CertificateId,
    facts: Facts,
    updated: OffsetDateTime,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_history_matches_the_model(steps in vec(step(), 1..60)) {
        runtime().block_on(async {
            let folder = TempDir::new().unwrap();
            live_through(Location::Sqlite(folder.path().join("store.db")), &steps).await;
        });
    }

    #[test]
    fn any_history_matches_the_model_in_postgres(steps in vec(step(), 1..60)) {
        runtime().block_on(async {
            let url = TestPostgres::shared().new_database().await;
            live_through(Location::Postgres(url.parse().unwrap()), &steps).await;
        });
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

async fn live_through(location: Location, steps: &[Step]) {
    let keyring = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let store = open(location, keyring).await.unwrap();
    // The certificates of another project must not show.
    store.insert(&in_project("theirs"), MadeUp::new(0).to_new()).await.unwrap();
    let mut world = World { store, known: Vec::new(), given: 0 };
    for step in steps {
        world.take(step).await;
    }
    world.store.close().await;
}

struct World {
    store: Store,
    known: Vec<Known>,
    given: u64,
}

impl World {
    async fn take(&mut self, step: &Step) {
        match step {
            Step::Insert { facts, created } => self.insert(facts, *created).await,
            Step::List { query } => self.list(query).await,
            Step::Sweep { now } => drop(self.store.sweep_expired(*now).await.unwrap()),
            Step::Index => drop(self.store.index_pending().await.unwrap()),
            Step::Replace { which, .. } | Step::Rename { which, .. } | Step::Delete { which } => {
                if !self.known.is_empty() {
                    let place = which % self.known.len();
                    self.change(place, step).await;
                }
            }
        }
    }

    async fn insert(&mut self, facts: &Facts, created: OffsetDateTime) {
        self.given += 1;
        // Ids do not follow the order of time.
        let number = 1 + self.given * 37 % 101 + self.given / 101 * 1000;
        let certificate = MadeUp { created, ..made_up(number, facts) };
        self.store.insert(&actor(), certificate.to_new()).await.unwrap();
        let id = certificate.id();
        self.known.push(Known { id, facts: facts.clone(), updated: created });
    }

    async fn change(&mut self, place: usize, step: &Step) {
        let (store, actor, known) = (&self.store, actor(), &mut self.known[place]);
        match step {
            Step::Replace { facts, now, .. } => {
                let replacement = made_up(7, facts).to_replacement();
                store.replace(&actor, known.id, replacement, *now).await.unwrap();
                let Facts { name, enterprise_project, .. } = known.facts.clone();
                known.facts = Facts { name, enterprise_project, ..facts.clone() };
                known.updated = *now;
            }
            Step::Rename { name, now, .. } => {
                let change = Change { name: Some(name.clone()), description: None };
                store.update(&actor, known.id, change, *now).await.unwrap();
                known.facts.name.clone_from(name);
                known.updated = *now;
            }
            _ => {
                store.delete(&actor, known.id, NOW).await.unwrap();
                self.known.remove(place);
            }
        }
    }

    async fn list(&self, query: &CertificateQuery) {
        let expected = self.expected(query);
        let listing = self.page(query).await;
        let offset = match query.start {
            Start::Offset(offset) => offset as usize,
            Start::After(_) => unreachable!("no step begins with a marker"),
        };
        let (total, limit) = (expected.len(), query.limit as usize);
        let page: Vec<_> = expected.iter().skip(offset).take(limit).copied().collect();
        assert_eq!(ids(&listing), page, "{query:?}");
        assert_eq!(listing.total, total as u64, "{query:?}");
        assert_eq!(listing.next.is_some(), limit > 0 && offset + limit < total, "{query:?}");
        assert_eq!(self.walk(query).await, expected, "by markers: {query:?}");
        self.counters(query.now).await;
    }

    async fn walk(&self, query: &CertificateQuery) -> Vec<CertificateId> {
        let limit = query.limit.max(1);
        let mut query = CertificateQuery { start: Start::Offset(0), limit, ..query.clone() };
        let mut walked = Vec::new();
        loop {
            let listing = self.page(&query).await;
            walked.extend(ids(&listing));
            let Some(marker) = listing.next else { return walked };
            query.start = Start::After(marker);
        }
    }

    async fn counters(&self, now: OffsetDateTime) {
        let counts = self.store.counts(&actor().project, now).await.unwrap();
        // None is left out.
        let all: u64 = counts.iter().map(|count| count.count).sum();
        assert_eq!(all, self.known.len() as u64, "{counts:?}");
        for count in counts {
            let group = count.enterprise_project.as_str();
            let fits = |known: &&Known| {
                known.facts.enterprise_project == group
                    && (known.facts.not_after < now) == count.expired
            };
            assert_eq!(self.known.iter().filter(fits).count() as u64, count.count, "{count:?}");
        }
    }

    async fn page(&self, query: &CertificateQuery) -> CertificateListing {
        self.store.list(&actor().project, query).await.unwrap()
    }

    fn expected(&self, query: &CertificateQuery) -> Vec<CertificateId> {
        let mut fitting: Vec<_> = self.known.iter().filter(|known| fits(known, query)).collect();
        fitting.sort_by_key(|known| match query.sort {
            Sort::Updated => (false, known.updated, known.id),
            Sort::Expiry => (false, known.facts.not_after, known.id),
            Sort::Status => (known.facts.not_after >= query.now, known.facts.not_after, known.id),
        });
        if query.descending {
            fitting.reverse();
        }
        fitting.into_iter().map(|known| known.id).collect()
    }
}

fn fits(known: &Known, query: &CertificateQuery) -> bool {
    let facts = &known.facts;
    let expired = facts.not_after < query.now;
    let group = |group: &EnterpriseProject| facts.enterprise_project == group.as_str();
    let text = |text: &String| {
        let texts = facts.sans.iter().chain([&facts.name, &facts.domain]);
        texts.into_iter().any(|name| lower(name).contains(&lower(text)))
    };
    (query.state == State::Any || expired == (query.state == State::Expired))
        && query.enterprise_project.as_ref().is_none_or(group)
        && query.ended_since.is_none_or(|since| facts.not_after >= since)
        && query.content.as_ref().is_none_or(text)
}

fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn ids(listing: &CertificateListing) -> Vec<CertificateId> {
    listing.records.iter().map(|record| record.id).collect()
}

fn made_up(number: u64, facts: &Facts) -> MadeUp {
    let Facts { name, domain, sans, enterprise_project, not_after } = facts.clone();
    MadeUp { name, domain, sans, enterprise_project, not_after, ..MadeUp::new(number) }
}

fn step() -> impl Strategy<Value = Step> {
    let which = || 0..100_usize;
    prop_oneof![
        6 => (facts(), creation_time()).prop_map(|(facts, created)| Step::Insert { facts, created }),
        2 => (which(), facts(), creation_time())
            .prop_map(|(which, facts, now)| Step::Replace { which, facts, now }),
        2 => (which(), text(1..8), creation_time())
            .prop_map(|(which, name, now)| Step::Rename { which, name, now }),
        2 => which().prop_map(|which| Step::Delete { which }),
        1 => clock().prop_map(|now| Step::Sweep { now }),
        1 => Just(Step::Index),
        6 => query().prop_map(|query| Step::List { query }),
    ]
}

fn facts() -> impl Strategy<Value = Facts> {
    let group = select(vec!["0", "a", "b"]);
    (text(1..8), text(1..8), vec(text(1..6), 0..3), group, creation_time()).prop_map(
        |(name, domain, sans, group, not_after)| Facts {
            name,
            domain,
            sans,
            enterprise_project: group.to_owned(),
            not_after,
        },
    )
}

fn query() -> impl Strategy<Value = CertificateQuery> {
    let state = select(vec![State::Any, State::Valid, State::Expired]);
    let sort = select(vec![Sort::Updated, Sort::Expiry, Sort::Status]);
    let group = option::of(select(vec!["0", "a", "none"]));
    let content = option::of(text(0..5));
    let filters = (state, group, option::weighted(0.3, clock()), content);
    (clock(), filters, sort, any::<bool>(), 0..5_u32, 0..6_u64).prop_map(
        |(now, (state, group, ended_since, content), sort, descending, limit, offset)| {
            CertificateQuery {
                now,
                state,
                enterprise_project: group.map(EnterpriseProject::new),
                ended_since,
                content,
                sort,
                descending,
                limit,
                start: Start::Offset(offset),
            }
        },
    )
}

/// Few letters, so that texts have much in common.
fn text(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let letters = select(vec!['a', 'A', 'b', '.', '%', '_', 'É', 'é', 'ß', '证']);
    vec(letters, length).prop_map(|letters| letters.into_iter().collect())
}

/// Few moments, so that much happens at the same time.
fn creation_time() -> impl Strategy<Value = OffsetDateTime> {
    (0..6_i64).prop_map(|millis| NOW + Duration::milliseconds(millis))
}

/// Moments of the clock: those of certificates, and moments between them.
fn clock() -> impl Strategy<Value = OffsetDateTime> {
    (-1..14_i64).prop_map(|halves| NOW + Duration::microseconds(halves * 500))
}
