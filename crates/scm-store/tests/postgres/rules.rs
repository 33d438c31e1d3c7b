//! The rules of every backend, in a quiet database and in one where transactions fail at random.

use std::time::Duration;

use scm_store::Store;
use scm_store_testing::{
    conformance::{MadeUp, actor},
    conformance_suite,
    test_postgres::{TestPostgres, query},
};
use tokio::time::{sleep, timeout};

use super::{new_store, number, open_at};

conformance_suite!(new_store);

/// What others do is never seen but in between, and losing against them is no failure.
mod while_transactions_fail {
    use super::*;

    conformance_suite!(new_troubled_store);
}

/// One statement in eight that writes fails as it does when it loses against another transaction.
async fn new_troubled_store() -> (Store, String) {
    let url = TestPostgres::shared().new_database().await;
    let store = open_at(&url).await.unwrap();
    let function = "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF random() < 0.125 THEN
            RAISE EXCEPTION 'lost on purpose'
                USING ERRCODE = CASE WHEN random() < 0.5 THEN '40001' ELSE '40P01' END;
        END IF;
        RETURN NULL; END $$";
    query(&url, function).await;
    let tables =
        ["certificate", "shelf_count", "audit_event", "account", "token", "search", "id_block"];
    for table in tables {
        let trigger = format!(
            "CREATE TRIGGER lose AFTER INSERT OR UPDATE OR DELETE ON {table}
             FOR EACH STATEMENT EXECUTE FUNCTION lose()"
        );
        query(&url, &trigger).await;
    }
    (store, url)
}

/// Also while the database still takes the table for a small one.
#[tokio::test]
async fn an_import_with_a_key_does_not_read_the_table() {
    const IMPORTS: u64 = 20;
    let (store, url) = new_store().await;
    for number in 1..=IMPORTS {
        let new = MadeUp::new(number).to_new().once_by(number.to_string());
        store.insert(&actor(), new).await.unwrap();
    }
    store.close().await;
    let of =
        |figure| format!("SELECT {figure} FROM pg_stat_user_tables WHERE relname = 'certificate'");
    // The database reports the statistics of a connection when it has ended.
    let reported = async {
        while number(&url, &of("n_tup_ins")).await < IMPORTS as i64 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(120), reported).await.expect("the figures arrive");
    assert_eq!(number(&url, &of("seq_tup_read")).await, 0);
}
