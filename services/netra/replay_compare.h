/*
 * Where a rebuilt row and the running home's differ first. Pure: rows in, a difference out.
 *
 * Each yields false where the two agree; else `ret` says what differs, with the rebuilt and the
 * running value in words. ret->case_number stays as it is.
 */
#ifndef NETRA_NETRA_REPLAY_COMPARE_H
#define NETRA_NETRA_REPLAY_COMPARE_H

#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/replay_store.h"

/* The case's row in the register; `first` and `newest` are its facts revisions. */
bool replay_case_differs(const struct replay_case *rebuilt, const struct replay_facts *first,
                         const struct replay_facts *newest, const Netra__V1__CaseRow *running,
                         struct replay_difference *ret);

/* One revision of its facts. */
bool replay_facts_differ(const struct replay_facts *rebuilt,
                         const Netra__V1__FactsRevision *running, struct replay_difference *ret);

/* A decision as its event has it (`made` is the event's payload, `rebuilt` the same unpacked),
 * against classification's list. */
bool replay_decision_differs(const Netra__V1__DecisionMade *rebuilt, struct view made,
                             uint64_t seq, const Netra__V1__DecisionRow *running,
                             struct replay_difference *ret);

/* A notice. A queued one that a later decision overtook may be superseded: that is no event of its
 * own. Where the log `is_behind`, the running one may be further than the rebuilt. */
bool replay_notice_differs(const struct replay_notice *rebuilt,
                           const Netra__V1__NoticeRow *running, bool is_behind,
                           struct replay_difference *ret);

/* Something is in one and not in the other. */
void replay_tell_missing(const char *what, bool is_rebuilt, struct replay_difference *ret);

/* Judges a comparison that found that many differing cases: *ret_agree is how many cases agree.
 * STATUS_REPLAY_DIFFERS. */
enum status replay_judge(uint64_t cases, uint64_t differing, uint64_t *ret_agree) MUST_USE;

#endif
