/* Two forms of a file behind one way to walk it. */
#include "services/netra/import_rows.h"

#include "services/netra/facts_json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static bool ends_with(const char *path, const char *ending)
{
    const size_t size = strlen(path);
    const size_t ending_size = strlen(ending);

    return size > ending_size && strcasecmp(path + size - ending_size, ending) == 0;
}

static enum status open_file(struct import_rows *rows, const char *path, struct diag *diag)
{
    struct stat about;

    rows->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (rows->descriptor < 0 || fstat(rows->descriptor, &about) != 0) {
        diag_set(diag, "%s: %s", path, strerror(errno));
        return STATUS_NOT_FOUND;
    }
    if (!S_ISDIR(about.st_mode))
        return STATUS_OK;
    diag_set(diag, "%s is a folder; a file was expected", path);
    return STATUS_USAGE;
}

static enum status open_rows(struct import_rows *rows, const char *path, struct diag *diag)
{
    TRY(open_file(rows, path, diag));
    rows->is_table = ends_with(path, ".csv");
    if (!rows->is_table) {
        line_reader_start(&rows->lines, rows->descriptor);
        return STATUS_OK;
    }
    csv_reader_start(&rows->table, rows->descriptor);
    enum status status = csv_reader_next(&rows->table, &rows->record, diag);

    if (status == STATUS_OK)
        status = facts_csv_header(&rows->record, &rows->columns, diag);
    if (status != STATUS_OK)
        diag_prefix(diag, "%s", path);
    return status;
}

enum status import_rows_open(struct import_rows *rows, const char *path, struct diag *diag)
{
    rows->descriptor = -1;
    rows->number = 0;
    const enum status status = open_rows(rows, path, diag);

    if (status != STATUS_OK)
        import_rows_close(rows);
    return status;
}

void import_rows_close(struct import_rows *rows)
{
    if (rows->descriptor >= 0)
        (void)close(rows->descriptor);
    rows->descriptor = -1;
}

static enum status next_record(struct import_rows *rows, struct import_row *row, struct diag *diag)
{
    struct csv_record *record = &rows->record;

    row->number = rows->number + 1;
    TRY(csv_reader_next(&rows->table, record, diag));
    row->is_there = record->is_there;
    rows->number += record->is_there ? 1u : 0u;
    /* A quote that was not closed swallows the rows behind it up to the next quote. */
    if (!record->is_there || record->line_count == 1 || record->field_count == rows->columns.count)
        return STATUS_OK;
    diag_set(diag,
             "row %llu (line %llu): it runs over %llu lines and has %u fields where the header "
             "has %u; is a quote not closed?",
             (unsigned long long)record->number, (unsigned long long)record->line,
             (unsigned long long)record->line_count, record->field_count, rows->columns.count);
    return STATUS_FACTS_INVALID;
}

enum status import_rows_next(struct import_rows *rows, struct import_row *ret_row,
                             struct diag *diag)
{
    *ret_row = (struct import_row){.is_there = false};
    if (rows->is_table)
        return next_record(rows, ret_row, diag);
    if (line_reader_next(&rows->lines, rows->bytes, sizeof rows->bytes, &rows->line) !=
        STATUS_OK) {
        diag_set(diag, "%s", strerror(errno));
        return STATUS_SYSTEM_FAILED;
    }
    ret_row->is_there = rows->line.is_there;
    ret_row->is_blank =
        !rows->line.is_too_long && line_is_blank(view_of(rows->bytes, rows->line.size));
    rows->number += rows->line.is_there ? 1u : 0u;
    ret_row->number = rows->number;
    return STATUS_OK;
}

enum status import_rows_object(struct import_rows *rows, json_t **ret_object,
                               struct facts_problems *problems, struct diag *diag)
{
    *ret_object = NULL;
    if (rows->is_table) {
        *ret_object = facts_csv_row(&rows->columns, &rows->record, problems);
        return STATUS_OK;
    }
    if (rows->line.is_too_long || rows->line.size > LIMIT_SUBMISSION_BYTES) {
        diag_set(diag, "more than %u bytes", LIMIT_SUBMISSION_BYTES);
        return STATUS_BODY_TOO_LARGE;
    }
    return facts_json_parse(view_of(rows->bytes, rows->line.size), ret_object, diag);
}

uint64_t import_rows_count(struct import_rows *rows)
{
    struct import_row row = {.is_there = true};

    while (import_rows_next(rows, &row, NULL) == STATUS_OK && row.is_there)
        continue;
    return rows->number;
}
