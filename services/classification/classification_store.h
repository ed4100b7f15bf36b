/*
 * Classification's own tables: the decisions and their revisions, facts that came too late, and
 * which tables were said to be in force; the only file with its SQL.
 *
 * Why the encoded event is kept: a decision is read whole or in parts that only the door's lists
 * need, and it holds codes, offsets, days and the case's number, no text of the case.
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_STORE_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_STORE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/store/store.h"
#include "services/classification/decision.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLASSIFICATION_MIGRATION_COUNT 1u
extern const char *const classification_migration_steps[CLASSIFICATION_MIGRATION_COUNT];

/* Decisions of one case that are read at once: the newest. */
#define CLASSIFICATION_CASE_ROWS_MAX 256u

enum classification_statement {
    CLASSIFICATION_FIND_HISTORY,
    CLASSIFICATION_PUT_DECISION,
    CLASSIFICATION_LIST_DECISIONS,
    CLASSIFICATION_LIST_REVIEWS,
    CLASSIFICATION_LIST_CASE,
    CLASSIFICATION_PUT_OLDER_FACTS,
    CLASSIFICATION_FIND_TABLES,
    CLASSIFICATION_PUT_TABLES,
    CLASSIFICATION_STATEMENT_COUNT
};

struct classification_store {
    struct statement statements[CLASSIFICATION_STATEMENT_COUNT];
};

/* Prepares the statements; the store is migrated. The store's statuses, as all below. */
enum status classification_store_open(struct classification_store *tables,
                                      struct store *store) MUST_USE;
void classification_store_close(struct classification_store *tables);

/* ---- writing ---- */

/* Adds a decision at the end of the list; its `id` is not looked at. */
enum status classification_store_put(struct classification_store *tables,
                                     const struct decision *decision) MUST_USE;

/* Facts came that are older than what was decided (protocol.md 20): an entry of intake, of a case.
 */
enum status classification_store_put_older(struct classification_store *tables,
                                           const uint8_t case_handle[CASE_HANDLE_SIZE],
                                           const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                           uint32_t facts_revision) MUST_USE;

/* ---- reading ---- */

/* What was decided on the case so far; all zero when nothing was. */
enum status classification_store_history(struct classification_store *tables,
                                         const uint8_t case_handle[CASE_HANDLE_SIZE],
                                         struct decision_history *ret_history) MUST_USE;

/* Which rows an asker is shown. */
struct decision_filter {
    bool (*is_shown)(const void *asker, const char *region);
    const void *asker;
};

enum decision_list {
    DECISION_LIST_ALL,    /* every revision */
    DECISION_LIST_REVIEWS /* the newest of each case that waits for a reviewer */
};

/* Up to rows_max decisions behind the list's key `after` that the filter shows, in the arena.
 * STATUS_NO_MEMORY. */
enum status classification_store_list(struct classification_store *tables, enum decision_list list,
                                      uint64_t after, uint32_t rows_max,
                                      const struct decision_filter *filter, struct arena *arena,
                                      const struct decision **ret_rows,
                                      size_t *ret_count) MUST_USE;

/* The newest decisions of a case, CLASSIFICATION_CASE_ROWS_MAX at most, by revision, ascending, in
 * the arena. STATUS_NOT_FOUND: it has none. STATUS_NO_MEMORY. */
enum status classification_store_case(struct classification_store *tables,
                                      const uint8_t case_handle[CASE_HANDLE_SIZE],
                                      struct arena *arena, const struct decision **ret_rows,
                                      size_t *ret_count) MUST_USE;

/* ---- tables ---- */

/* The digest of the tables that were said last to be in force; zero: none yet. */
enum status classification_store_tables(struct classification_store *tables,
                                        uint8_t digest[SHA256_SIZE]) MUST_USE;
enum status classification_store_put_tables(struct classification_store *tables,
                                            const uint8_t digest[SHA256_SIZE]) MUST_USE;

#endif
