/*
 * Named mistakes that a test build can be told to make, one at a time: the proof that the tests
 * would notice each.
 *
 * Why: a test that can't fail proves nothing; what is listed here has to be found by the
 * simulation or by a test (tests/mutants/run).
 * Only in builds with NETRA_MUTANTS; elsewhere MUTANT(name) is false and nothing is left of it.
 *
 * Chosen by the environment variable NETRA_MUTANT, read at first use: the name of one row. An
 * unknown name ends the process with exit status 2 and one clear message: a run that changes
 * nothing must not pass for one that was noticed.
 */
#ifndef NETRA_BASE_MUTANT_H
#define NETRA_BASE_MUTANT_H

#include <stdbool.h>

/* Every mutant there is: X(name, what is wrong in it, the rule it breaks: a number of
 * docs/protocol.md or a promise of ARCHITECTURE.md "What always holds"). tests/tidy checks that
 * each stands at one place in the code and has a row in tests/mutants/table. */
#define MUTANT_LIST(X)                                                                            \
    X(window_off_by_one, "one entry more goes out than credit was granted for", "protocol 7")     \
    X(hello_sends_nothing_again, "what a Hello shows to be lost is not sent again", "protocol 8") \
    X(forgetful_peer_unnoticed, "a consumer that forgot what it acked is served on",              \
      "protocol 9")                                                                               \
    X(hole_passed, "a batch is taken although those before it were lost", "protocol 4")           \
    X(resent_applied_again, "what is sent a second time is taken a second time", "protocol 6")    \
    X(digest_not_compared, "a stream that contradicts what is held of it goes on", "protocol 4")  \
    X(marker_digest_unchecked, "a gap marker may say another digest than the own", "protocol 4")  \
    X(closed_stream_cut, "a new stream is taken before the old one's end", "protocol 11")         \
    X(late_frame_contradicts, "a late frame of a stream that was left is taken for a fork",       \
      "protocol 4")                                                                               \
    X(earlier_stream_skipped, "who holds nothing takes a stream that closes another",             \
      "protocol 11")                                                                              \
    X(act_of_lost_store_done, "a recovery is done to a store its operator never saw",             \
      "protocol 11")                                                                              \
    X(act_before_all_answered, "a start takes an act before all have answered it", "protocol 11") \
    X(credit_under_pressure, "a full service grants credit nonetheless", "protocol 18")           \
    X(retention_too_early, "rows are deleted that a destination hasn't acked", "protocol 17")     \
    X(cursor_of_sent, "the cursor is how far was sent, not how far was acked", "protocol 7")      \
    X(cursor_too_far, "every 97th cursor is stored one too far", "protocol 7")                    \
    X(ack_before_commit, "an ack names what was received and isn't applied", "protocol 7")        \
    X(stream_id_reused, "a recovered service's new stream has the old one's id", "protocol 11")   \
    X(effect_before_cause, "an entry is applied before its cause", "protocol 5")                  \
    X(closed_cause_awaited, "a cause in a closed stream is waited for", "protocol 5")             \
    X(received_untold, "what waits to be applied is left out of what is held", "protocol 9")      \
    X(acting_unasked, "a service acts before anybody has answered its start", "protocol 10")      \
    X(audit_log_asked_alone, "a start is over when audit-log alone has answered it",              \
      "protocol 10")                                                                              \
    X(commit_error_is_success, "a commit that failed is taken for one that didn't",               \
      "protocol 13")                                                                              \
    X(failed_sync_tried_again, "a failed sync is tried again by the same process", "protocol 13") \
    X(gathered_not_synced, "a sync leaves out what is gathered", "protocol 15")                   \
    X(sync_left_to_checkpoints, "a commit syncs nothing (synchronous=NORMAL)", "protocol 15")     \
    X(wal_not_settled, "what recovery found in the WAL is not synced at start", "protocol 15")    \
    X(reserve_never_taken_again, "the reserve stays given up when there is room again",           \
      "protocol 18")                                                                              \
    X(answer_before_commit, "a receipt leaves before its transaction is on disk", "protocol 12")  \
    X(position_not_stored, "entries are applied without moving the position", "protocol 12")      \
    X(position_ahead, "the position stored is how far was received", "protocol 12")               \
    X(savepoint_kept, "what a rejected entry wrote stays", "protocol 13")                         \
    X(dead_letter_dropped, "a rejected entry is gone instead of set aside", "protocol 13")        \
    X(innocent_death_counted, "an entry that died in company is counted", "protocol 14")          \
    X(innocent_death_kept, "an entry that was applied keeps its deaths", "protocol 14")           \
    X(retry_counted, "trying again after a RETRY counts as a death", "protocol 13")               \
    X(suspects_in_company, "after an unclean stop nothing is tried alone", "protocol 14")         \
    X(poison_never_set_aside, "an entry that kills is tried for ever", "protocol 14")             \
    X(act_not_remembered, "an act's answer is not stored: again, it acts again", "protocol 26")   \
    X(key_known_before_commit, "a key opens doors before its event is committed", "protocol 25")  \
    X(gap_key_of_anyone, "a key that comes with another's gap marker is believed", "protocol 24") \
    X(absent_key_is_zero, "a key that intake hasn't got is taken for zeros", "protocol 24")       \
    X(commitment_unchecked, "a payload needn't be what its header commits to", "protocol 2")      \
    X(other_pin_accepted, "a result counts that another ruleset led to", "protocol 21")           \
    X(late_twin_wins, "a second result for an entry replaces the first", "protocol 20")           \
    X(lease_never_ends, "a worker that died keeps its cases", "protocol 21")                      \
    X(killer_leased_for_ever, "a case that kills workers is never set aside", "protocol 21")      \
    X(older_facts_decided, "facts that are overtaken are decided", "protocol 20")                 \
    X(machine_above_person, "the machine's decision stands above a person's", "protocol 20")      \
    X(confirmed_unseen, "a reviewer's act counts on a revision nobody saw", "protocol 20")        \
    X(other_content_accepted, "the same id with other content gets the old receipt", "promise 2") \
    X(receipt_of_other_content, "a receipt's commitment is not the stored content's",             \
      "promise 2")                                                                                \
    X(notice_once_per_recipient, "a notice of a later revision counts as told", "protocol 22")    \
    X(late_decision_tells, "a revision that comes late is told all the same", "protocol 20")      \
    X(superseded_still_sent, "a notice of an older revision still goes out", "protocol 22")       \
    X(withdrawal_not_sent, "who was told and isn't any more is not told that", "promise 2")       \
    X(hand_over_unmarked, "a hand-over begins without a trace on disk", "protocol 14")            \
    X(wall_passed, "an office that the accused belongs to is told", "promise 12")                 \
    X(checkpoint_before_commit, "a checkpoint is the tree's before its commit", "promise 3")      \
    X(published_not_compared, "audit-log doesn't look at what it published", "protocol 10")       \
    X(leaf_appended_twice, "after a recovery an event becomes a second leaf", "promise 3")        \
    X(case_link_to_first, "a leaf names its case's first leaf, not the last", "protocol leaf")

#ifdef NETRA_MUTANTS

enum mutant {
#define X(name, what, rule) MUTANT_##name,
    MUTANT_LIST(X)
#undef X
        MUTANT_COUNT
};

/* Whether this process makes that mistake. */
bool mutant_is_chosen(enum mutant mutant);

#define MUTANT(name) mutant_is_chosen(MUTANT_##name)

#else

#define MUTANT(name) false

#endif

#endif
