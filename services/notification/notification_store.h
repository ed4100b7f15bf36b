/*
 * Notification's tables: who is to be told what and how far that has come; per case what its
 * newest decision's routes depend on; and which routing tables were recorded last. A notice is
 * unique by case, decision revision, recipient and kind (protocol.md 22). Nothing personal is
 * here.
 *
 * Owns: prepared statements; the store is the service's.
 * Units: instants are Unix seconds, days as in common/case/day.h.
 * Errors: the store's statuses, everywhere.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_STORE_H
#define NETRA_NOTIFICATION_NOTIFICATION_STORE_H

#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/store/store.h"
#include "services/notification/notice_retry.h"
#include "services/notification/notification.h"
#include "services/notification/routing.h"

#include <stdbool.h>
#include <stdint.h>

/* PRAGMA application_id: "NT", and notification's number among the services. */
#define NOTIFICATION_APPLICATION_ID 0x4e540003u

enum notification_statement {
    NOTIFICATION_PUT_NOTICE,
    NOTIFICATION_SUPERSEDE,
    NOTIFICATION_LIST_NOTICES,
    NOTIFICATION_LIST_REGIONS,
    NOTIFICATION_LIST_CASE,
    NOTIFICATION_LIST_TOLD,
    NOTIFICATION_LIST_DUE,
    NOTIFICATION_LIST_MARKED,
    NOTIFICATION_GET_NOTICE,
    NOTIFICATION_NEXT_DUE,
    NOTIFICATION_MARK,
    NOTIFICATION_UNMARK,
    NOTIFICATION_SUPPOSE_TOLD,
    NOTIFICATION_HASTEN,
    NOTIFICATION_SETTLE,
    NOTIFICATION_RETRY,
    NOTIFICATION_RESEND,
    NOTIFICATION_COUNT_STATES,
    NOTIFICATION_PUT_FACTS,
    NOTIFICATION_GET_FACTS,
    NOTIFICATION_PUT_TABLES,
    NOTIFICATION_GET_TABLES,
    NOTIFICATION_STATEMENT_COUNT
};

struct notification_store {
    struct statement statements[NOTIFICATION_STATEMENT_COUNT];
};

/* A step that has shipped is never edited. */
#define NOTIFICATION_MIGRATION_COUNT 4u
extern const char *const notification_migration_steps[NOTIFICATION_MIGRATION_COUNT];

/* What becomes of a notice. */
enum notice_state {
    NOTICE_QUEUED = 0,     /* to be handed over */
    NOTICE_BLOCKED = 1,    /* the wall: never told */
    NOTICE_SUPERSEDED = 2, /* a higher revision was there first, or came before it was handed over:
                               recorded, never acted on (protocol.md 20) */
    NOTICE_HANDED_OVER = 3, /* the channel has it */
    NOTICE_FAILED = 4,      /* given up */
    NOTICE_STATE_COUNT = 5
};

/* "queued", "blocked" …; "" for none. Static text. */
const char *notice_state_name(enum notice_state state);

#define NOTICE_WHY_COLUMN_BYTES DECISION_CONFLICT_BYTES /* a status, SMTP_550, or a conflict */

/* A notice, as it lies in the table. */
struct notice_row {
    uint64_t id;
    uint64_t seq;    /* of the event that queued or blocked it */
    int64_t at;      /* when it was made */
    int64_t since;   /* since when it has been tried: when it was made, or ordered again */
    int64_t next_at; /* put off: not before; 0: at once, wherever the clock on the wall is set */
    enum notice_kind kind;
    enum notice_state state;
    enum notice_channel channel;
    uint32_t revision;
    uint32_t received;
    uint32_t attempts;
    uint32_t deaths; /* deaths of the process while it alone was handed over */
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint8_t stream_id[STREAM_ID_SIZE]; /* that event's stream; zero: there is none */
    char recipient[ROUTING_OFFICE_BYTES + 1];
    char role[ROUTING_ROLE_BYTES + 1];
    char rule[ROUTING_ROW_BYTES + 1];
    char why[NOTICE_WHY_COLUMN_BYTES + 1]; /* blocked, failed: a stable code; queued: the last
                                              refusal */
    char case_number[DECISION_CASE_NUMBER_BYTES + 1];
    char region[DECISION_REGION_BYTES + 1];
    bool is_marked; /* a hand-over was begun and not settled */
};

/* Prepares the statements of an open store. */
enum status notification_store_open(struct notification_store *tables,
                                    struct store *store) MUST_USE;
void notification_store_close(struct notification_store *tables);

/* Keeps the notice and yields its id; id, event, attempts, deaths and is_marked of `row` are not
 * looked at. *ret_id is 0 when it was there already; it is then left as it was. */
enum status notification_store_put(struct notification_store *tables, const struct notice_row *row,
                                   uint64_t *ret_id) MUST_USE;

/* What is still queued of the case's lower revisions is superseded. */
enum status notification_store_supersede(struct notification_store *tables,
                                         const uint8_t case_handle[CASE_HANDLE_SIZE],
                                         uint32_t revision) MUST_USE;

/* ---- reading; at most `rows_max` rows, *ret_count of them filled ---- */

/* Whose notices somebody may see, as in common/service/register.h. */
struct notice_scope {
    const char *regions; /* space-separated codes; "": all */
    bool is_exact;       /* not those below them */
};

/* Those within the scope after the list's key `after`, in the order in which they were made. */
enum status notification_store_list(struct notification_store *tables,
                                    const struct notice_scope *scope, uint64_t after,
                                    struct notice_row *rows, uint32_t rows_max,
                                    uint32_t *ret_count) MUST_USE;

/* The case's. */
enum status notification_store_of_case(struct notification_store *tables,
                                       const uint8_t case_handle[CASE_HANDLE_SIZE],
                                       struct notice_row *rows, uint32_t rows_max,
                                       uint32_t *ret_count) MUST_USE;

/* Decisions of the case below the revision that an office has, or may have from a hand-over that
 * isn't settled, and that were neither withdrawn nor followed by a newer one since: each office's
 * last, after the list's key `after`. */
enum status notification_store_told(struct notification_store *tables,
                                    const uint8_t case_handle[CASE_HANDLE_SIZE], uint32_t revision,
                                    uint64_t after, struct notice_row *rows, uint32_t rows_max,
                                    uint32_t *ret_count) MUST_USE;

/* Queued at that channel, due and unmarked, the longest due first; none to an office to which
 * another of the same case is being handed over: a withdrawal must not overtake what it withdraws.
 */
enum status notification_store_due(struct notification_store *tables, enum notice_channel channel,
                                   int64_t now, struct notice_row *rows, uint32_t rows_max,
                                   uint32_t *ret_count) MUST_USE;

/* Marked, Maildir's first. */
enum status notification_store_marked(struct notification_store *tables, struct notice_row *rows,
                                      uint32_t rows_max, uint32_t *ret_count) MUST_USE;

/* One. STATUS_NOT_FOUND. */
enum status notification_store_get(struct notification_store *tables, uint64_t id,
                                   struct notice_row *ret_row) MUST_USE;

/* When the next of those is due; INT64_MAX: there is none. */
enum status notification_store_next_due(struct notification_store *tables,
                                        enum notice_channel channel, int64_t *ret_at) MUST_USE;

/* How many there are in each state. */
enum status notification_store_count(struct notification_store *tables,
                                     uint64_t counts[NOTICE_STATE_COUNT]) MUST_USE;

/* ---- handing over ---- */

/* What is due later than its own delay reaches (notice_retry.h) was put off by a clock that ran
 * ahead: it is due now. Looks at all that is put off. */
enum status notification_store_hasten(struct notification_store *tables,
                                      enum notice_channel channel, int64_t now,
                                      uint32_t base_ms) MUST_USE;

/* Counts a hand-over that is about to begin; `is_alone`: as one more death, should it not end. */
enum status notification_store_mark(struct notification_store *tables, uint64_t id,
                                    bool is_alone) MUST_USE;

/* It is not being handed over: an orderly stop is no death. */
enum status notification_store_unmark(struct notification_store *tables, uint64_t id) MUST_USE;

/* The office may have it, though nobody knows: a decision that is taken back must be withdrawn
 * there. Of other kinds nothing is kept: telling them again does no harm. */
enum status notification_store_suppose_told(struct notification_store *tables,
                                            uint64_t id) MUST_USE;

/* It was handed over, or given up. */
enum status notification_store_settle(struct notification_store *tables, uint64_t id,
                                      enum notice_state state, const char *why) MUST_USE;

/* It will be tried again; one that was superseded meanwhile stays so. */
enum status notification_store_retry(struct notification_store *tables, uint64_t id,
                                     int64_t next_at, const char *why) MUST_USE;

/* Handed over or failed: queued again, its attempts kept. STATUS_NOT_FOUND: no such notice, or in
 * another state. */
enum status notification_store_resend(struct notification_store *tables, uint64_t id,
                                      int64_t now) MUST_USE;

/* ---- the newest decision, and the tables ---- */

/* Keeps what the routes depend on, unless a higher revision's is there. */
enum status notification_store_put_facts(struct notification_store *tables,
                                         const uint8_t case_handle[CASE_HANDLE_SIZE],
                                         const struct decision *decision) MUST_USE;

/* STATUS_NOT_FOUND: the case has no decision. */
enum status notification_store_get_facts(struct notification_store *tables,
                                         const uint8_t case_handle[CASE_HANDLE_SIZE],
                                         struct decision *ret_decision) MUST_USE;

/* The digest of the tables that were recorded last. STATUS_NOT_FOUND: none were. */
enum status notification_store_put_tables(struct notification_store *tables,
                                          const uint8_t digest[SHA256_SIZE]) MUST_USE;
enum status notification_store_get_tables(struct notification_store *tables,
                                          uint8_t digest[SHA256_SIZE]) MUST_USE;

#endif
