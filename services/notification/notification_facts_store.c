/*
 * What is kept beside the notices: counts of them, per case what its newest decision's routes
 * depend on, and the tables that were recorded last.
 */
#include "services/notification/notification_store.h"

#include <stdio.h>
#include <string.h>

enum status notification_store_count(struct notification_store *tables,
                                     uint64_t counts[NOTICE_STATE_COUNT])
{
    struct statement *statement = &tables->statements[NOTIFICATION_COUNT_STATES];
    bool has_row = false;
    memset(counts, 0, NOTICE_STATE_COUNT * sizeof *counts);
    TRY(statement_step(statement, &has_row));
    while (has_row) {
        struct view name = statement_text(statement, 0);
        for (unsigned state = 0; state < NOTICE_STATE_COUNT; state++)
            if (view_equals(name, view_of_text(notice_state_name((enum notice_state)state))))
                counts[state] = statement_u64(statement, 1);
        TRY(statement_step(statement, &has_row));
    }
    for (unsigned state = 0; state < NOTICE_STATE_COUNT; state++)
        if (state != NOTICE_HANDED_OVER)
            counts[NOTICE_HANDED_OVER] -= counts[state]; /* of all, what is left */
    return STATUS_OK;
}

/* ---- the newest decision ---- */

#define CONFLICTS_BYTES (DECISION_CONFLICTS_MAX * (DECISION_CONFLICT_BYTES + 1u))

static void join_conflicts(const struct decision *decision, char text[CONFLICTS_BYTES])
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < decision->conflict_count && used < CONFLICTS_BYTES; i++)
        used += (size_t)snprintf(text + used, CONFLICTS_BYTES - used, "%s%s", i == 0 ? "" : " ",
                                 decision->conflicts[i]);
}

static void split_conflicts(const char *text, struct decision *decision)
{
    decision->conflict_count = 0;
    while (*text != '\0' && decision->conflict_count < DECISION_CONFLICTS_MAX) {
        size_t size = strcspn(text, " ");
        (void)snprintf(decision->conflicts[decision->conflict_count++],
                       DECISION_CONFLICT_BYTES + 1, "%.*s", (int)size, text);
        text += size;
        text += *text == ' ' ? 1 : 0;
    }
}

enum status notification_store_put_facts(struct notification_store *tables,
                                         const uint8_t case_handle[CASE_HANDLE_SIZE],
                                         const struct decision *decision)
{
    struct statement *statement = &tables->statements[NOTIFICATION_PUT_FACTS];
    char conflicts[CONFLICTS_BYTES];
    join_conflicts(decision, conflicts);
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, decision->revision);
    statement_bind_u64(statement, 3, (uint64_t)decision->outcome);
    statement_bind_u64(statement, 4, (uint64_t)decision->disposition);
    statement_bind_u64(statement, 5, (uint64_t)decision->actor);
    statement_bind_u64(statement, 6, decision->incident_date);
    statement_bind_u64(statement, 7, decision->received);
    statement_bind_text(statement, 8, decision->case_number);
    statement_bind_text(statement, 9, decision->region);
    statement_bind_text(statement, 10, conflicts);
    statement_bind_text(statement, 11, decision->primary);
    return statement_run(statement);
}

static void take_text(struct statement *statement, int column, char *text, size_t size)
{
    notice_put_text(text, size, statement_text(statement, column));
}

enum status notification_store_get_facts(struct notification_store *tables,
                                         const uint8_t case_handle[CASE_HANDLE_SIZE],
                                         struct decision *ret_decision)
{
    struct statement *statement = &tables->statements[NOTIFICATION_GET_FACTS];
    char conflicts[CONFLICTS_BYTES];
    bool has_row = false;
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    *ret_decision = (struct decision){
        .revision = (uint32_t)statement_u64(statement, 0),
        .outcome = (enum decision_outcome)statement_u64(statement, 1),
        .disposition = (enum decision_disposition)statement_u64(statement, 2),
        .actor = (enum decision_actor)statement_u64(statement, 3),
        .incident_date = (uint32_t)statement_u64(statement, 4),
        .received = (uint32_t)statement_u64(statement, 5),
    };
    take_text(statement, 6, ret_decision->case_number, sizeof ret_decision->case_number);
    take_text(statement, 7, ret_decision->region, sizeof ret_decision->region);
    take_text(statement, 8, conflicts, sizeof conflicts);
    split_conflicts(conflicts, ret_decision);
    take_text(statement, 9, ret_decision->primary, sizeof ret_decision->primary);
    statement_reset(statement);
    return STATUS_OK;
}

/* ---- the tables ---- */

enum status notification_store_put_tables(struct notification_store *tables,
                                          const uint8_t digest[SHA256_SIZE])
{
    struct statement *statement = &tables->statements[NOTIFICATION_PUT_TABLES];
    statement_bind_blob(statement, 1, view_of(digest, SHA256_SIZE));
    return statement_run(statement);
}

enum status notification_store_get_tables(struct notification_store *tables,
                                          uint8_t digest[SHA256_SIZE])
{
    struct statement *statement = &tables->statements[NOTIFICATION_GET_TABLES];
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    enum status status = statement_blob_exact(statement, 0, digest, SHA256_SIZE);
    statement_reset(statement);
    return status;
}
