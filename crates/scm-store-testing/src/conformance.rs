//! The rules of [`Store`](scm_store::Store), as tests that every backend passes.
//!
//! Each rule is a function that takes a store of its own, new and empty.
//! [`conformance_suite!`](crate::conformance_suite) makes a test of each for a backend.

#![expect(clippy::unwrap_used, reason = "these are tests: a rule that is broken is to panic")]

mod administration;
mod at_once;
mod audit;
mod certificates;
mod changes;
mod fixture;
mod identities;
mod import_keys;
mod listing;
mod resealing;
mod search;
mod upkeep;

pub use scm_store::testing::{MadeUp, NOW, actor, in_project};

pub use self::{
    administration::*, at_once::*, audit::*, certificates::*, changes::*, fixture::*,
    identities::*, import_keys::*, listing::*, resealing::*, search::*, upkeep::*,
};

/// Makes one `#[tokio::test]` for each rule. Takes the path of an async function without parameters
/// that returns a new store as `Store`, and with it whatever must live as long as the
/// store.
#[macro_export]
macro_rules! conformance_suite {
    ($open:path) => {
        $crate::conformance_suite! { $open =>
            a_certificate_is_returned_as_it_was_stored
            a_leaf_without_chain_is_stored
            an_unknown_certificate_is_missing
            the_certificate_of_another_project_is_missing
            a_leaf_may_be_stored_twice
            a_duplicate_is_refused_on_request
            an_id_is_stored_once
            any_text_comes_back_as_it_was
            of_two_that_are_the_same_one_is_refused
            what_happens_at_once_adds_up
            a_repeated_import_is_stored_once
            with_a_certificate_its_key_is_forgotten
            a_key_stands_for_one_import
            keys_belong_to_those_who_choose_them
            a_refused_import_leaves_its_key_free
            of_many_imports_with_one_key_one_is_stored
            keys_are_forgotten_in_time
            counters_follow_the_stored_certificates
            what_has_ended_counts_as_expired
            an_export_gives_all_and_leaves_its_event
            what_is_deleted_is_gone
            a_replacement_takes_the_place
            name_and_description_may_be_changed
            nothing_is_done_to_what_is_missing
            an_empty_list_is_empty
            orders_go_both_ways
            a_certificate_expires_at_its_moment
            those_that_ended_long_ago_are_left_out
            offsets_pass_over
            markers_walk_through_changes
            a_marker_is_good_for_its_order_only
            a_change_moves_to_the_front
            a_text_is_found_where_it_is
            a_search_respects_its_filters
            a_search_follows_changes
            a_search_of_many_counts_to_the_limit
            an_import_leaves_an_event
            events_are_the_newest_of_the_project
            events_are_found_by_their_fields
            a_refusal_is_recorded
            set_up_makes_all_that_is_needed
            set_up_is_done_once
            of_two_that_set_up_at_once_one_is_refused
            names_are_in_the_order_of_their_characters
            projects_and_users_are_added
            what_is_added_needs_its_place
            who_is_unknown_is_missing
            a_token_stands_for_its_owner
            a_token_needs_a_role
            a_token_is_stored_once
            expired_tokens_are_swept
            users_and_projects_are_listed
            a_password_is_changed
            a_disabled_user_stands_for_nothing
            a_role_is_what_it_is_today
            who_is_removed_is_gone
            tokens_are_revoked
            an_access_key_stands_for_its_owner
            an_access_key_is_stored_once
            set_up_stores_the_first_access_key
            nothing_is_done_to_who_is_missing
            blocks_are_leased_once
            ids_are_given_once
            a_sweep_marks_what_has_ended
            a_sweep_of_many_marks_all
            a_closed_store_refuses_operations
            records_under_another_key_are_found
            only_unchanged_records_are_resealed
            batches_cover_all_sealed_records
            secrets_are_resealed_too
            master_keys_are_recorded_and_compared
        }
    };
    ($open:path => $($rule:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let (store, _guard) = $open().await;
                $crate::conformance::$rule(store).await;
            }
        )+
    };
}
