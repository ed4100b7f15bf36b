/*
 * The service's state, and the handlers that its spec table names: entries of intake's stream
 * (classification_case.c), the door's views and a reviewer's acts (classification_review.c),
 * workers and rulesets at the door (classification_work.c), changed tables
 * (classification_tables_act.c).
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_APP_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_APP_H

#include "common/service/service.h"
#include "services/classification/classification_rulesets.h"
#include "services/classification/classification_store.h"
#include "services/classification/classification_wire.h"
#include "services/classification/lease_desk.h"

#include <stdbool.h>
#include <stdint.h>

#define CLASSIFICATION_NAME "classification"

struct classification {
    struct classification_store tables;
    struct rulesets rulesets;
    struct lease_desk desk;
    bool has_handled;           /* the turn took an entry … */
    struct entry_point handled; /* … and this one last */
    bool is_tables_due;         /* the log does not say yet which tables are in force */
    uint64_t older_facts;       /* passed over (protocol.md 20); for the metrics */
};

/* ---- entries (classification_case.c) ---- */

/* Whether the event brings a case to decide. */
bool case_is_decided_by(uint16_t event_type);

struct entry_point case_point_of(const struct event_in *event);

/* CASE_ACCEPTED and CASE_CORRECTED. */
enum status case_decide(void *app, struct turn *turn, const struct event_in *event,
                        struct diag *diag);

/* A case that can't be decided enters review (protocol.md 13). */
enum status case_dead_lettered(void *app, struct turn *turn, const struct event_in *event,
                               enum status why, struct diag *diag);

/*
 * Commits a decision: its event, sealed with `case_key`, and its row. Without a key there is no
 * event: what is said of an erased case can't be sealed. `made` is complete but for nothing.
 */
enum status case_record(struct classification *classification, struct turn *turn,
                        const uint8_t case_handle[CASE_HANDLE_SIZE], const uint8_t *case_key,
                        const struct decision_made *made);

/* ---- the door: workers (classification_work.c) ---- */

enum status work_ask(void *app, struct turn *turn, struct door_request *request,
                     struct diag *diag);
enum status work_result(void *app, struct turn *turn, struct door_request *request,
                        struct diag *diag);
enum status work_ruleset(void *app, struct turn *turn, struct door_request *request,
                         struct diag *diag);

/* ---- the door: people, and a reviewer's acts (classification_review.c) ---- */

enum status review_decisions(void *app, struct turn *turn, struct door_request *request,
                             struct diag *diag);
enum status review_reviews(void *app, struct turn *turn, struct door_request *request,
                           struct diag *diag);
enum status review_case_decisions(void *app, struct turn *turn, struct door_request *request,
                                  struct diag *diag);
enum status review_act_confirm(void *app, struct turn *turn, const struct act *act,
                               const struct principal *who, struct view *ret_answer,
                               struct diag *diag);
enum status review_act_override(void *app, struct turn *turn, const struct act *act,
                                const struct principal *who, struct view *ret_answer,
                                struct diag *diag);

/* ---- tables (classification_tables_act.c) ---- */

/* Loads the configured files; finds out whether the log must say so. */
enum status tables_open(struct classification *classification, const char *rules_path,
                        const char *calendar_path, struct diag *diag);
enum status tables_find_said(struct classification *classification);

/* An operator's order to load the files anew. */
enum status tables_load(void *app, struct turn *turn, const struct act *act,
                        const struct principal *who, struct view *ret_answer, struct diag *diag);

/* Says in the log which tables a start found, where that is due. Between turns. */
void tables_tell(struct classification *classification, struct service *service);

/* The last thing in a transaction: tables whose act was taken back are forgotten. */
enum status tables_before_commit(struct classification *classification);

/* The transaction is on disk: tables that were loaded come into force. */
void tables_committed(struct classification *classification);

#endif
