/* Under which id is a row sent, after whatever an earlier run wrote down of it? */
#include "tests/support/test.h"

#include "services/netra/import_prepare.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EARLIER "0192f0c4-0000-7000-8000-000000000001"
#define WRITTEN "0192f0c4-0000-7000-8000-000000000002"
#define ROW(id) "{\"region\": \"36.04\", \"incident\": {\"description\": \"x\"}" id "}\n"

struct id_case {
    const char *name;
    enum result_kind before;
    const char *line;
    enum status want;
    const char *want_id; /* NULL: a new one */
};

static struct id_case id_cases[] = {
    {"a new row has its own id", RESULT_NONE, ROW(", \"submission_id\": \"" WRITTEN "\""),
     STATUS_OK, WRITTEN},
    {"a new row without one gets one", RESULT_NONE, ROW(""), STATUS_OK, NULL},
    {"what may have been sent keeps the id it was sent with", RESULT_ID,
     ROW(", \"submission_id\": \"" WRITTEN "\""), STATUS_OK, EARLIER},
    {"what was refused keeps the id it was given", RESULT_REJECTED, ROW(""), STATUS_OK, EARLIER},
    {"what was refused for its id is mended by another", RESULT_REJECTED,
     ROW(", \"submission_id\": \"" WRITTEN "\""), STATUS_OK, WRITTEN},
    {"what is refused again keeps the earlier id", RESULT_REJECTED, "{}\n", STATUS_FACTS_INVALID,
     EARLIER},
    {"what is no JSON keeps it, too", RESULT_REJECTED, "nonsense\n", STATUS_FACTS_INVALID,
     EARLIER},
};

static void open_rows(struct import_rows *rows, const char *line)
{
    char path[] = "/tmp/netra-test-XXXXXX";
    struct import_row row;
    struct diag diag = {.text = ""};
    const int descriptor = mkstemp(path);

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, line, strlen(line)), strlen(line));
    assert_int_equal(close(descriptor), 0);
    assert_int_equal(import_rows_open(rows, path, &diag), STATUS_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(import_rows_next(rows, &row, &diag), STATUS_OK);
    assert_true(row.is_there);
}

static void test_id(void **state)
{
    static struct import_rows rows;
    static struct import_slot slot;
    static struct import_maker maker;
    const struct id_case *row = *state;
    struct netra_config config = {.node_key_file = NULL};
    struct row_state before = {.kind = (uint8_t)row->before};
    struct arena arena = {.base = NULL};
    struct diag diag = {.text = ""};
    char detail[RESULT_DETAIL_BYTES];
    char id[UUID_TEXT_SIZE];

    assert_true(sodium_init() >= 0);
    open_rows(&rows, row->line);
    maker = (struct import_maker){.rows = &rows,
                                  .setting = {.config = &config, .file = "-", .today = 20241115}};
    if (row->before != RESULT_NONE)
        assert_true(uuid_from_text(EARLIER, before.id));
    assert_int_equal(arena_open(&arena, 1u << 20), STATUS_OK);
    assert_int_equal(import_prepare(&maker, before, &arena, &slot, detail, &diag), row->want);
    uuid_to_text(slot.id, id);
    if (row->want_id != NULL)
        assert_string_equal(id, row->want_id);
    else
        assert_true(strcmp(id, EARLIER) != 0 && !view_is_zero(view_of(slot.id, UUID_SIZE)));
    arena_close(&arena);
    import_rows_close(&rows);
}

int main(void)
{
    TEST_TABLE(rows, id_cases, test_id);
    return cmocka_run_group_tests_name("netra/import_prepare", rows, NULL, NULL);
}
