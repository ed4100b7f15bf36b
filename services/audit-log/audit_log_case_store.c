/* What the log holds of a case: its newest leaf, and from there back the others. */
#include "services/audit-log/audit_log_store.h"

#include "common/base/invariant.h"

#include <string.h>

enum status audit_log_store_get_case(struct audit_log_store *tables,
                                     const uint8_t case_handle[CASE_HANDLE_SIZE],
                                     struct audit_log_case *ret_case)
{
    struct statement *get = &tables->statements[AUDIT_LOG_GET_CASE];
    bool has_row = false;
    *ret_case = (struct audit_log_case){.number = 0};
    statement_bind_blob(get, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    TRY(statement_step(get, &has_row));
    if (!has_row)
        return STATUS_OK;
    ret_case->number = statement_u64(get, 0);
    ret_case->index = statement_u64(get, 2);
    enum status status = statement_blob_exact(get, 1, ret_case->leaf_hash, SHA256_SIZE);
    statement_reset(get);
    return status;
}

enum status audit_log_store_last_case(struct audit_log_store *tables,
                                      uint8_t case_handle[CASE_HANDLE_SIZE])
{
    struct statement *last = &tables->statements[AUDIT_LOG_LAST_CASE];
    bool has_row = false;
    memset(case_handle, 0, CASE_HANDLE_SIZE);
    TRY(statement_step(last, &has_row));
    INVARIANT(has_row); /* an aggregate has a row, whatever the table has */
    enum status status = STATUS_OK;
    if (!statement_is_null(last, 0))
        status = statement_blob_exact(last, 0, case_handle, CASE_HANDLE_SIZE);
    statement_reset(last);
    return status;
}

enum status audit_log_store_put_case(struct audit_log_store *tables,
                                     const uint8_t case_handle[CASE_HANDLE_SIZE],
                                     const struct audit_log_case *newest)
{
    struct statement *put = &tables->statements[AUDIT_LOG_PUT_CASE];
    statement_bind_blob(put, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(put, 2, newest->number);
    statement_bind_blob(put, 3, view_of(newest->leaf_hash, SHA256_SIZE));
    statement_bind_u64(put, 4, newest->index);
    return statement_run(put);
}

/* Takes the leaf of that index into `row`, and its index becomes the one before of its case. */
static enum status take_case_row(struct statement *read, uint64_t *index, bool *ret_has_more,
                                 struct audit_log_row *row)
{
    bool has_row = false;
    statement_bind_u64(read, 1, *index);
    TRY(statement_step(read, &has_row));
    if (!has_row)
        return STATUS_STORE_CORRUPT;
    *row = (struct audit_log_row){.index = *index};
    enum status status = statement_blob_exact(read, 1, row->leaf_hash, SHA256_SIZE);
    if (status == STATUS_OK)
        status = statement_blob_exact(read, 2, row->leaf, HEADER_SIZE);
    *ret_has_more = !statement_is_null(read, 0);
    uint64_t previous = statement_u64(read, 0);
    statement_reset(read);
    /* Only back: a row that was changed must not lead in circles. */
    if (*ret_has_more && previous >= *index)
        return STATUS_STORE_CORRUPT;
    *index = previous;
    return status;
}

enum status audit_log_store_read_case(struct audit_log_store *tables,
                                      const uint8_t case_handle[CASE_HANDLE_SIZE], uint64_t end,
                                      struct audit_log_page *page)
{
    struct statement *read = &tables->statements[AUDIT_LOG_READ_CASE_LEAF];
    struct audit_log_case newest = {.number = 0};
    TRY(audit_log_store_get_case(tables, case_handle, &newest));
    uint64_t index = newest.index;
    bool has_more = newest.number > 0;
    size_t first = page->rows_max; /* filled from the back */
    while (has_more && first > 0) {
        TRY(take_case_row(read, &index, &has_more, &page->rows[first - 1]));
        if (page->rows[first - 1].index < end)
            first--;
    }
    page->count = page->rows_max - first;
    memmove(page->rows, page->rows + first, page->count * sizeof(*page->rows));
    page->bytes = page->count * AUDIT_LOG_ROW_BYTES;
    page->is_full = page->count == page->rows_max;
    return STATUS_OK;
}
