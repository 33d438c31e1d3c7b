//! The rules of every home, in a quiet database and in one where transactions fail at random.

use std::sync::Arc;

use scm_store::{
    Store, conformance_suite,
    own_postgres::{OwnPostgres, ask},
};

use super::{new_store, open_at};

conformance_suite!(new_store);

/// What others do is never seen but in between, and losing against them is no failure.
mod while_transactions_fail {
    use super::*;

    conformance_suite!(new_troubled_store);
}

/// One statement in eight that writes fails as it does when it loses against another transaction.
async fn new_troubled_store() -> (Arc<dyn Store>, String) {
    let url = OwnPostgres::shared().new_database().await;
    let store = open_at(&url).await.unwrap();
    let function = "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF random() < 0.125 THEN
            RAISE EXCEPTION 'lost on purpose'
                USING ERRCODE = CASE WHEN random() < 0.5 THEN '40001' ELSE '40P01' END;
        END IF;
        RETURN NULL; END $$";
    ask(&url, function).await;
    let tables =
        ["certificate", "shelf_count", "audit_event", "account", "token", "search", "id_block"];
    for table in tables {
        let trigger = format!(
            "CREATE TRIGGER lose AFTER INSERT OR UPDATE OR DELETE ON {table}
             FOR EACH STATEMENT EXECUTE FUNCTION lose()"
        );
        ask(&url, &trigger).await;
    }
    (store, url)
}
