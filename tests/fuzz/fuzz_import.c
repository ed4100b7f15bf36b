/*
 * Imported files: a table (CSV) or a submission a line (JSONL), to the objects of their rows; and
 * the lines of the result file beside them.
 */
#include "services/netra/facts_json.h"
#include "services/netra/import_rows.h"
#include "services/netra/result_file.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_object(struct import_rows *rows, struct arena *arena)
{
    static struct report report;
    static struct facts_problems problems;
    struct diag diag = {0};
    json_t *object = NULL;
    memset(&problems, 0, sizeof problems);
    enum status status = import_rows_object(rows, &object, &problems, &diag);
    if (status != STATUS_OK) /* of nothing there is nothing to say */
        fuzz_check_refused(status, status == STATUS_BODY_EMPTY ? NULL : &diag);
    else
        FUZZ_CHECK(json_is_object(object) &&
                   facts_json_read(object, FUZZ_TODAY, arena, &report, &problems) == STATUS_OK);
    for (unsigned i = 0; i < problems.count && i < FACTS_PROBLEMS_MAX; i++) {
        FUZZ_CHECK(!fuzz_has_canary(problems.problems[i].rule));
        FUZZ_CHECK(fuzz_is_printable(problems.problems[i].rule));
        FUZZ_CHECK(fuzz_is_printable(problems.problems[i].path));
    }
    json_release(&object);
}

/* Numbers only rise, and nothing comes behind the end or what is broken. */
static void read_rows(struct import_rows *rows, struct arena *arena)
{
    uint64_t number = 0;
    for (;;) {
        struct import_row row;
        struct diag diag = {0};
        enum status status = import_rows_next(rows, &row, &diag);
        if (status != STATUS_OK) {
            FUZZ_CHECK(rows->is_table && status == STATUS_FACTS_INVALID);
            fuzz_check_refused(status, &diag);
            return;
        }
        if (!row.is_there)
            return;
        FUZZ_CHECK(row.number == number + 1);
        number = row.number;
        if (!row.is_blank)
            check_object(rows, arena);
        arena_reset(arena);
    }
}

static void read_file(struct view bytes, const char *name, struct arena *arena)
{
    static struct import_rows rows;
    struct diag diag = {0};
    enum status status = import_rows_open(&rows, fuzz_file_named(bytes, name), &diag);
    if (status == STATUS_OK)
        read_rows(&rows, arena);
    else
        fuzz_check_refused(status, &diag); /* the path at least */
    import_rows_close(&rows);
}

static void table(struct view rest, struct arena *arena)
{
    read_file(rest, "a.csv", arena);
}

static void lines(struct view rest, struct arena *arena)
{
    read_file(rest, "a.jsonl", arena);
}

static void result(struct view rest, struct arena *arena)
{
    struct result_line first, second;
    char text[RESULT_LINE_BYTES];
    struct diag diag = {0};
    (void)arena;
    enum status status = result_line_parse(rest, &first, &diag);
    if (status != STATUS_OK) {
        FUZZ_CHECK(status == STATUS_MALFORMED);
        fuzz_check_refused(status, &diag);
        return;
    }
    FUZZ_CHECK(first.row >= 1 && first.kind != RESULT_NONE);
    size_t size = result_line_write(&first, text);
    FUZZ_CHECK(size > 1 && size < sizeof text && text[size - 1] == '\n');
    FUZZ_CHECK(memchr(text, '\n', size) == text + size - 1);
    FUZZ_CHECK(result_line_parse(view_of(text, size - 1), &second, &diag) == STATUS_OK);
    FUZZ_CHECK(first.kind == second.kind && first.row == second.row && first.seq == second.seq);
    FUZZ_CHECK(memcmp(first.id, second.id, UUID_SIZE) == 0);
    FUZZ_CHECK(strcmp(first.status, second.status) == 0);
    FUZZ_CHECK(strcmp(first.case_number, second.case_number) == 0);
    FUZZ_CHECK(strcmp(first.commitment, second.commitment) == 0);
    if (strlen(first.detail) < RESULT_DETAIL_BYTES / 4) /* longer ones may be cut */
        FUZZ_CHECK(strcmp(first.detail, second.detail) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {table, lines, result};
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
