/*
 * What intake shows of cases: rows to structs, their texts in the arena.
 */
#include "common/wire/limits.h"
#include "services/intake/intake_store.h"

#include <string.h>

/* Copies a text column, with a NUL after it: the arena's bytes are zero. */
static enum status take_text(struct statement *statement, int column, struct arena *arena,
                             const char **ret_text)
{
    struct view text = statement_text(statement, column);
    size_t size = 0;
    if (__builtin_add_overflow(text.size, 1, &size))
        return STATUS_NO_MEMORY;
    uint8_t *copy = arena_take(arena, size);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    if (text.size > 0)
        memcpy(copy, text.bytes, text.size);
    *ret_text = (const char *)copy;
    return STATUS_OK;
}

/* ---- cases ---- */

static enum status take_row(struct statement *statement, struct arena *arena,
                            struct case_row *ret_row)
{
    ret_row->id = statement_u64(statement, 0);
    TRY(take_text(statement, 1, arena, &ret_row->case_number));
    TRY(take_text(statement, 2, arena, &ret_row->submission_id));
    TRY(statement_blob_exact(statement, 3, ret_row->case_handle, CASE_HANDLE_SIZE));
    TRY(take_text(statement, 4, arena, &ret_row->region));
    ret_row->accepted_at = statement_u64(statement, 5);
    TRY(take_text(statement, 6, arena, &ret_row->node));
    ret_row->facts_revision = (uint32_t)statement_u64(statement, 7);
    ret_row->incident_date = (uint32_t)statement_u64(statement, 8);
    ret_row->received = (uint32_t)statement_u64(statement, 9);
    return STATUS_OK;
}

/* The one case that a bound statement finds. */
static enum status take_case(struct statement *statement, struct arena *arena,
                             struct case_view *ret_case)
{
    bool has_row = false;
    *ret_case = (struct case_view){0};
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    ret_case->has_reporter = statement_u64(statement, 10) != 0;
    ret_case->is_clock_off = statement_u64(statement, 11) != 0;
    enum status status = take_row(statement, arena, &ret_case->row);
    statement_reset(statement);
    return status;
}

enum status intake_store_case_by_number(struct intake_store *tables, const char *case_number,
                                        struct arena *arena, struct case_view *ret_case)
{
    struct statement *statement = &tables->statements[INTAKE_FIND_CASE_BY_NUMBER];
    statement_bind_text(statement, 1, case_number);
    return take_case(statement, arena, ret_case);
}

enum status intake_store_case_by_handle(struct intake_store *tables,
                                        const uint8_t case_handle[CASE_HANDLE_SIZE],
                                        struct arena *arena, struct case_view *ret_case)
{
    struct statement *statement = &tables->statements[INTAKE_FIND_CASE_BY_HANDLE];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    return take_case(statement, arena, ret_case);
}

/* ---- lists ---- */

typedef enum status (*row_taker)(struct statement *statement, struct arena *arena, void *ret_row);

/* Takes every row of a bound statement into `rows`, which has room for its LIMIT. */
static enum status take_rows(struct statement *statement, struct arena *arena, row_taker take,
                             void *rows, size_t row_size, size_t *ret_count)
{
    size_t count = 0;
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    while (has_row) {
        enum status status = take(statement, arena, (uint8_t *)rows + count++ * row_size);
        if (status != STATUS_OK) {
            statement_reset(statement);
            return status;
        }
        TRY(statement_step(statement, &has_row));
    }
    *ret_count = count;
    return STATUS_OK;
}

static enum status take_list_row(struct statement *statement, struct arena *arena, void *ret_row)
{
    return take_row(statement, arena, ret_row);
}

enum status intake_store_list(struct intake_store *tables, uint64_t after, uint32_t rows_max,
                              const struct region_filter *filter, struct arena *arena,
                              const struct case_row **ret_rows, size_t *ret_count)
{
    struct case_row *rows = arena_take(arena, rows_max * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    struct statement *statement = &tables->statements[INTAKE_LIST_CASES];
    statement_bind_u64(statement, 1, after);
    statement_bind_u64(statement, 2, rows_max);
    statement_bind_text(statement, 3, filter->regions);
    statement_bind_u64(statement, 4, filter->is_exact ? FACTS_REGION_BYTES_MAX : 1);
    TRY(take_rows(statement, arena, take_list_row, rows, sizeof(*rows), ret_count));
    *ret_rows = rows;
    return STATUS_OK;
}

static enum status take_revision_row(struct statement *statement, struct arena *arena,
                                     void *ret_row)
{
    struct revision_row *row = ret_row;
    row->revision = (uint32_t)statement_u64(statement, 0);
    TRY(take_text(statement, 1, arena, &row->submission_id));
    row->accepted_at = statement_u64(statement, 2);
    row->incident_date = (uint32_t)statement_u64(statement, 3);
    row->received = (uint32_t)statement_u64(statement, 4);
    TRY(statement_blob_exact(statement, 5, row->stream_id, STREAM_ID_SIZE));
    row->seq = statement_u64(statement, 6);
    return STATUS_OK;
}

static enum status take_link_row(struct statement *statement, struct arena *arena, void *ret_row)
{
    struct link_row *row = ret_row;
    TRY(take_text(statement, 1, arena, &row->other_case_number));
    TRY(statement_blob_exact(statement, 2, row->other_case_handle, CASE_HANDLE_SIZE));
    row->kind = (uint32_t)statement_u64(statement, 3);
    row->is_other_way = statement_u64(statement, 4) != 0;
    row->at = statement_u64(statement, 5);
    return STATUS_OK;
}

enum status intake_store_complete_case(struct intake_store *tables, struct arena *arena,
                                       struct case_view *view)
{
    struct revision_row *revisions = arena_take(arena, LIMIT_LIST_ROWS * sizeof(*revisions));
    struct link_row *links = arena_take(arena, LIMIT_LIST_ROWS * sizeof(*links));
    if (revisions == NULL || links == NULL)
        return STATUS_NO_MEMORY;
    struct statement *statement = &tables->statements[INTAKE_LIST_REVISIONS];
    statement_bind_u64(statement, 1, view->row.id);
    statement_bind_u64(statement, 2, LIMIT_LIST_ROWS);
    TRY(take_rows(statement, arena, take_revision_row, revisions, sizeof(*revisions),
                  &view->revision_count));
    statement = &tables->statements[INTAKE_LIST_LINKS];
    statement_bind_u64(statement, 1, view->row.id);
    statement_bind_u64(statement, 2, LIMIT_LIST_ROWS);
    TRY(take_rows(statement, arena, take_link_row, links, sizeof(*links), &view->link_count));
    view->revisions = revisions;
    view->links = links;
    return STATUS_OK;
}
