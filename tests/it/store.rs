//! The conformance suite of the store: what every database must do, case by case.
//!
//! A database joins by one line at the end of this file. A case is an async function that takes a [`House`]: a fresh,
//! empty database that can be opened again.

mod accounts;
mod cancel;
mod carry;
mod harness;
mod lifecycle;
mod limits;
mod lists;
mod log;
mod model;
mod outbox;
mod queue;
mod races;
mod room;
mod tokens;

pub use harness::House;

macro_rules! conformance {
    ($database:ident: $house:expr) => {
        conformance! { @ $database, $house,
            lifecycle: a_task_from_submit_to_download, what_was_acknowledged_is_there_after_reopening, a_retry_counts_and_waits,
                a_release_does_not_count, checkpoints_survive_attempts, an_outcome_too_large_is_refused_and_can_be_mended, secrets_are_made_once,
                the_house_is_well_until_closed;
            log: seqs_are_gapless_and_in_order, progress_never_falls, workers_cannot_say_what_is_the_stores, text_is_made_harmless,
                replay_is_bounded, log_lines_page_backwards, files_replace_and_repeat;
            queue: nothing_is_claimed_before_it_is_due, oldest_first_within_an_account, the_least_busy_account_goes_first,
                a_stale_attempt_changes_nothing, heartbeats_extend_leases, dead_workers_tasks_are_rescued, too_many_deaths_fail_for_good,
                rescue_takes_a_hundred_at_a_time, a_restart_rescues_everything;
            carry: a_new_task_begins_with_what_is_carried_over, nothing_is_carried_over_of_what_is_not_ended_or_not_one_s_own,
                other_kinds_keep_no_checkpoints;
            cancel: a_waiting_task_is_cancelled_at_once, a_running_one_is_asked, asking_twice_changes_nothing, completion_wins_over_a_request,
                retry_release_and_rescue_become_cancelled, a_strangers_task_does_not_exist;
            lists: newest_first_in_pages, filters_combine, search_takes_wildcards_literally, limits_are_clamped,
                the_newest_run_of_a_task_is_found;
            limits: open_tasks_are_bounded, keys_name_tasks, bad_calls_are_refused;
            races: a_hundred_callers_with_one_key_make_one_task, many_appenders_leave_no_gap, every_task_is_claimed_once, dropped_callers_harm_nobody,
                finish_races_have_one_winner;
            accounts: an_address_has_one_account, sessions_end, keys_are_scoped_and_revoked, tickets_are_good_once, revocations_are_told_in_order,
                a_guests_things_come_along, what_was_done_is_on_record, accounts_are_listed_in_pages, somebody_stays_admin_whatever_happens_at_once;
            tokens: a_task_holds_and_spends, whatever_fails_costs_nothing, too_few_tokens_make_no_task, an_ended_subscription_makes_no_task,
                a_refused_task_fails_at_once, two_hundred_callers_share_what_is_there, random_programs_never_lose_a_token;
            outbox: an_end_is_told_to_whoever_asked, mail_is_for_who_switched_it_on, an_address_is_confirmed_by_a_link, confirmations_are_few,
                a_message_is_sent_by_one_and_each_target_gets_one_at_a_time, attempts_end_as_they_are_said_to, secrets_overlap_when_they_change,
                a_strangers_webhook_does_not_exist, outboxes_are_bounded;
            room: runs_of_a_project_stand_together, links_are_good_for_their_project_until_they_end, links_go_with_their_owner,
                links_are_bounded_and_expired_ones_go, comments_stay_with_their_run, comments_are_bounded;
            model: random_programs_match_the_model;
        }
    };
    (@ $database:ident, $house:expr, $($group:ident: $($case:ident),+;)+) => {
        mod $database {
            $(mod $group {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    super::super::$group::$case($house).await;
                })+
            })+
        }
    };
}

conformance! { sqlite: crate::store::House::sqlite() }
