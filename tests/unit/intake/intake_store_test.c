/* Do the tables keep a case once, and find it again? */
#include "tests/support/test.h"

#include "services/intake/intake_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    char folder[32];
    char path[64];
    struct store store;
    struct intake_store tables;
    struct arena arena;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof(fixture));
    (void)snprintf(fixture.folder, sizeof(fixture.folder), "/tmp/netra-test-XXXXXX");
    assert_non_null(mkdtemp(fixture.folder));
    (void)snprintf(fixture.path, sizeof(fixture.path), "%s/intake.db", fixture.folder);
    struct store_spec spec = {
        .application_id = INTAKE_APPLICATION_ID,
        .own = {.steps = intake_migration_steps, .count = INTAKE_MIGRATION_COUNT},
    };
    struct diag diag = {0};
    assert_int_equal(store_open(&fixture.store, fixture.path, &spec, &diag), STATUS_OK);
    assert_int_equal(intake_store_open(&fixture.tables, &fixture.store), STATUS_OK);
    assert_int_equal(arena_open(&fixture.arena, 1u << 20), STATUS_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    struct fixture *fixture = *state;
    arena_close(&fixture->arena);
    intake_store_close(&fixture->tables);
    store_close(&fixture->store);
    for (size_t index = 0; index < sizeof(endings) / sizeof(endings[0]); index++) {
        char path[80];
        (void)snprintf(path, sizeof(path), "%s%s", fixture->path, endings[index]);
        (void)unlink(path);
    }
    return rmdir(fixture->folder);
}

static const uint8_t header[HEADER_SIZE] = {1, 2, 3};

#define ID "0192f0c4-8a3b-7c21-9def-0123456789ab"
#define ID_2 "0192f0c4-8a3b-7c21-9def-0123456789ac"

static struct revision_record revision_of(uint32_t revision, uint64_t seq, const char *node,
                                          const char *id)
{
    struct revision_record record = {
        .revision = revision,
        .seq = seq,
        .header = header,
        .sealed = view_of_text(revision == 1 ? "sealed 1" : "sealed 2"),
        .node = node,
        .submission_id = id,
        .accepted_at = 1728700000 + revision,
        .receipt = view_of_text(revision == 1 ? "a receipt" : "another"),
        .incident_date = 20241000 + revision,
        .received = 20241010 + revision,
    };
    memset(record.stream_id, 2, sizeof(record.stream_id));
    memset(record.hash, 2 + (int)revision, sizeof(record.hash));
    return record;
}

static uint64_t put_case_of(struct fixture *fixture, uint64_t seq, const char *number,
                            const char *node, const char *region)
{
    struct case_record record = {
        .case_number = number,
        .region = region,
        .first = revision_of(1, seq, node, ID),
    };
    struct case_view view;
    memset(record.case_handle, (int)seq, sizeof(record.case_handle));
    assert_int_equal(intake_store_put_case(&fixture->tables, &record), STATUS_OK);
    assert_int_equal(intake_store_case_by_number(&fixture->tables, number, &fixture->arena, &view),
                     STATUS_OK);
    return view.row.id;
}

static uint64_t put_case(struct fixture *fixture, uint64_t seq, const char *number,
                         const char *node)
{
    return put_case_of(fixture, seq, number, node, "36.04");
}

static const struct region_filter everywhere = {.regions = ""};

static uint64_t list_of(struct fixture *fixture, uint64_t after, uint32_t rows_max,
                        const struct region_filter *filter, const struct case_row **ret_rows)
{
    size_t count = 0;
    assert_int_equal(intake_store_list(&fixture->tables, after, rows_max, filter, &fixture->arena,
                                       ret_rows, &count),
                     STATUS_OK);
    return count;
}

static void test_intake_store__same_transaction__finds_the_submission(void **state)
{
    struct fixture *fixture = *state;
    const char *id = ID;
    struct known_submission known;
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "serang", id, &fixture->arena, &known),
        STATUS_NOT_FOUND);
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "serang", id, &fixture->arena, &known),
        STATUS_OK);
    assert_string_equal(known.case_number, "1002-24G0-0T");
    assert_true(view_equals(known.receipt, view_of_text("a receipt")));
    assert_int_equal(known.hash[31], 3);
    assert_int_equal(known.revision, 1);
    assert_int_equal(store_commit(&fixture->store), STATUS_OK);
}

static void test_intake_store__same_id_of_another_node__is_another_submission(void **state)
{
    struct fixture *fixture = *state;
    const char *id = ID;
    struct known_submission known;
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "cilegon", id, &fixture->arena, &known),
        STATUS_NOT_FOUND);
    put_case(fixture, 2, "0108-80G0-JF", "cilegon");
}

static void test_intake_store__the_same_id_again__is_refused_for_a_correction_too(void **state)
{
    struct fixture *fixture = *state;
    uint64_t id = put_case(fixture, 1, "1002-24G0-0T", "serang");
    struct revision_record record = revision_of(2, 2, "serang", ID);
    assert_int_not_equal(intake_store_put_revision(&fixture->tables, id, &record), STATUS_OK);
}

static void test_intake_store__correction__is_the_newest_and_both_are_kept(void **state)
{
    struct fixture *fixture = *state;
    (void)put_case(fixture, 6, "0108-80G0-JF", "serang");
    uint64_t id = put_case(fixture, 7, "1002-24G0-0T", "cilegon");
    struct revision_record record = revision_of(2, 9, "tangerang", ID_2);
    record.is_clock_off = true;
    assert_int_equal(intake_store_put_revision(&fixture->tables, id, &record), STATUS_OK);
    struct case_view view;
    uint8_t handle[CASE_HANDLE_SIZE];
    memset(handle, 7, sizeof(handle));
    assert_int_equal(intake_store_case_by_handle(&fixture->tables, handle, &fixture->arena, &view),
                     STATUS_OK);
    assert_int_equal(view.row.facts_revision, 2);
    assert_int_equal(view.row.incident_date, 20241002);
    assert_int_equal(view.row.received, 20241012);
    assert_string_equal(view.row.submission_id, ID);
    assert_true(view.is_clock_off);
    assert_int_equal(intake_store_complete_case(&fixture->tables, &fixture->arena, &view),
                     STATUS_OK);
    assert_int_equal(view.revision_count, 2);
    assert_int_equal(view.revisions[0].revision, 1);
    assert_int_equal(view.revisions[0].seq, 7);
    assert_string_equal(view.revisions[1].submission_id, ID_2);
    assert_int_equal(view.revisions[1].accepted_at, 1728700002);
    struct known_submission known;
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "tangerang", ID_2, &fixture->arena, &known),
        STATUS_OK);
    assert_int_equal(known.revision, 2);
    assert_string_equal(known.case_number, "1002-24G0-0T");
    assert_true(view_equals(known.receipt, view_of_text("another")));
}

static void test_intake_store__revision__its_sealed_event_is_found(void **state)
{
    struct fixture *fixture = *state;
    uint64_t id = put_case(fixture, 7, "1002-24G0-0T", "serang");
    struct kept_revision kept;
    struct intake_store *tables = &fixture->tables;
    assert_int_equal(intake_store_find_revision(tables, id, 1, &fixture->arena, &kept), STATUS_OK);
    assert_memory_equal(kept.header, header, HEADER_SIZE);
    assert_int_equal(kept.hash[0], 3);
    assert_true(view_equals(kept.sealed, view_of_text("sealed 1")));
    assert_int_equal(intake_store_find_revision(tables, id, 2, &fixture->arena, &kept),
                     STATUS_NOT_FOUND);
    assert_int_equal(intake_store_find_revision(tables, id, 0, &fixture->arena, &kept),
                     STATUS_NOT_FOUND);
    assert_int_equal(intake_store_find_revision(tables, 0, 65536 + 1, &fixture->arena, &kept),
                     STATUS_NOT_FOUND);
}

static void test_intake_store__reporter__is_found_where_there_is_one(void **state)
{
    struct fixture *fixture = *state;
    uint64_t anonymous = put_case(fixture, 6, "0108-80G0-JF", "serang");
    struct case_record record = {
        .case_number = "1002-24G0-0T",
        .region = "36.04",
        .reporter = view_of_text("sealed twice"),
        .first = revision_of(1, 7, "cilegon", ID),
    };
    struct case_view view;
    struct view reporter;
    assert_int_equal(intake_store_put_case(&fixture->tables, &record), STATUS_OK);
    assert_int_equal(
        intake_store_case_by_number(&fixture->tables, "1002-24G0-0T", &fixture->arena, &view),
        STATUS_OK);
    assert_true(view.has_reporter);
    assert_false(view.is_clock_off);
    assert_int_equal(
        intake_store_find_reporter(&fixture->tables, view.row.id, &fixture->arena, &reporter),
        STATUS_OK);
    assert_true(view_equals(reporter, view_of_text("sealed twice")));
    assert_int_equal(
        intake_store_find_reporter(&fixture->tables, anonymous, &fixture->arena, &reporter),
        STATUS_NOT_FOUND);
}

static void test_intake_store__unknown_case__is_not_found(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t handle[CASE_HANDLE_SIZE] = {9};
    struct case_view view;
    assert_int_equal(
        intake_store_case_by_number(&fixture->tables, "1002-24G0-0T", &fixture->arena, &view),
        STATUS_NOT_FOUND);
    assert_int_equal(intake_store_case_by_handle(&fixture->tables, handle, &fixture->arena, &view),
                     STATUS_NOT_FOUND);
}

static void test_intake_store__link__is_seen_from_both_cases(void **state)
{
    struct fixture *fixture = *state;
    uint64_t one = put_case(fixture, 1, "1002-24G0-0T", "serang");
    uint64_t two = put_case(fixture, 2, "0108-80G0-JF", "cilegon");
    bool has = true;
    assert_int_equal(intake_store_has_link(&fixture->tables, one, two, 3, &has), STATUS_OK);
    assert_false(has);
    assert_int_equal(intake_store_put_link(&fixture->tables, one, two, 3, 99), STATUS_OK);
    assert_int_equal(intake_store_has_link(&fixture->tables, one, two, 3, &has), STATUS_OK);
    assert_true(has);
    assert_int_equal(intake_store_has_link(&fixture->tables, two, one, 3, &has), STATUS_OK);
    assert_false(has);
    assert_int_equal(intake_store_has_link(&fixture->tables, one, two, 2, &has), STATUS_OK);
    assert_false(has);
    struct case_view view = {.row.id = one};
    assert_int_equal(intake_store_complete_case(&fixture->tables, &fixture->arena, &view),
                     STATUS_OK);
    assert_int_equal(view.link_count, 1);
    assert_string_equal(view.links[0].other_case_number, "0108-80G0-JF");
    assert_int_equal(view.links[0].other_case_handle[0], 2);
    assert_int_equal(view.links[0].kind, 3);
    assert_int_equal(view.links[0].at, 99);
    assert_false(view.links[0].is_other_way);
    view.row.id = two;
    assert_int_equal(intake_store_complete_case(&fixture->tables, &fixture->arena, &view),
                     STATUS_OK);
    assert_int_equal(view.link_count, 1);
    assert_string_equal(view.links[0].other_case_number, "1002-24G0-0T");
    assert_true(view.links[0].is_other_way);
}

static void test_intake_store__a_new_streams_same_seq__is_another_case(void **state)
{
    struct fixture *fixture = *state;
    struct case_record record = {
        .case_number = "0108-80G0-JF",
        .region = "36.04",
        .first = revision_of(1, 1, "cilegon", ID),
    };
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    memset(record.case_handle, 9, sizeof(record.case_handle));
    assert_int_equal(intake_store_put_case(&fixture->tables, &record), STATUS_OK);
}

static void test_intake_store__number__is_known_once_taken(void **state)
{
    struct fixture *fixture = *state;
    bool has = true;
    assert_int_equal(intake_store_has_number(&fixture->tables, "1002-24G0-0T", &has), STATUS_OK);
    assert_false(has);
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    assert_int_equal(intake_store_has_number(&fixture->tables, "1002-24G0-0T", &has), STATUS_OK);
    assert_true(has);
}

static void test_intake_store__list__goes_on_after_the_last_row(void **state)
{
    struct fixture *fixture = *state;
    put_case(fixture, 7, "1002-24G0-0T", "serang");
    put_case(fixture, 8, "0108-80G0-JF", "cilegon");
    put_case(fixture, 9, "N2H6-3H42-0E", "tangerang");
    const struct case_row *rows = NULL;
    assert_int_equal(list_of(fixture, 0, 2, &everywhere, &rows), 2);
    assert_string_equal(rows[0].case_number, "1002-24G0-0T");
    assert_string_equal(rows[1].node, "cilegon");
    assert_string_equal(rows[1].region, "36.04");
    assert_int_equal(rows[1].case_handle[0], 8);
    assert_int_equal(rows[1].accepted_at, 1728700001);
    assert_int_equal(rows[1].facts_revision, 1);
    assert_int_equal(rows[1].incident_date, 20241001);
    assert_int_equal(rows[1].received, 20241011);
    assert_int_equal(list_of(fixture, rows[1].id, 2, &everywhere, &rows), 1);
    assert_string_equal(rows[0].node, "tangerang");
    assert_int_equal(list_of(fixture, rows[0].id, 2, &everywhere, &rows), 0);
}

static void test_intake_store__list_of_regions__leaves_the_others_out(void **state)
{
    struct fixture *fixture = *state;
    put_case_of(fixture, 7, "1002-24G0-0T", "serang", "36.04");
    put_case_of(fixture, 8, "0108-80G0-JF", "desa", "36.04.01.2001");
    put_case_of(fixture, 9, "N2H6-3H42-0E", "banten", "36");
    static const struct {
        struct region_filter filter;
        size_t want;
    } rows[] = {
        {{"36", true}, 1},  {{"36.04 36", true}, 2}, {{"32 36.04.01", false}, 1},
        {{"36", false}, 3}, {{"36.0", false}, 0},    {{"", false}, 3},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(list_of(fixture, 0, 9, &rows[i].filter, &(const struct case_row *){NULL}),
                         rows[i].want);
}

static void test_intake_store__list_in_a_full_arena__is_no_memory_and_works_again(void **state)
{
    struct fixture *fixture = *state;
    put_case(fixture, 7, "1002-24G0-0T", "serang");
    struct arena small;
    assert_int_equal(arena_open(&small, sizeof(struct case_row) + 16), STATUS_OK);
    assert_non_null(arena_take(&small, small.size - sizeof(struct case_row)));
    const struct case_row *rows = NULL;
    size_t count = 0;
    assert_int_equal(intake_store_list(&fixture->tables, 0, 1, &everywhere, &small, &rows, &count),
                     STATUS_NO_MEMORY);
    arena_close(&small);
    assert_int_equal(
        intake_store_list(&fixture->tables, 0, 1, &everywhere, &fixture->arena, &rows, &count),
        STATUS_OK);
    assert_int_equal(count, 1);
}

static void test_intake_store__keys__are_found_by_handle_and_the_newest_alone(void **state)
{
    struct fixture *fixture = *state;
    uint8_t handle[CASE_HANDLE_SIZE] = {0};
    uint8_t wrapped[WRAPPED_KEY_SIZE];
    assert_int_equal(intake_store_find_newest_key(&fixture->tables, handle, wrapped),
                     STATUS_NOT_FOUND);
    for (uint8_t seq = 1; seq <= 3; seq++) {
        handle[7] = seq;
        memset(wrapped, seq, sizeof(wrapped));
        assert_int_equal(intake_store_put_key(&fixture->tables, handle, wrapped), STATUS_OK);
    }
    handle[7] = 2;
    assert_int_equal(intake_store_find_key(&fixture->tables, handle, wrapped), STATUS_OK);
    assert_int_equal(wrapped[0], 2);
    handle[7] = 4;
    assert_int_equal(intake_store_find_key(&fixture->tables, handle, wrapped), STATUS_NOT_FOUND);
    assert_int_equal(intake_store_find_newest_key(&fixture->tables, handle, wrapped), STATUS_OK);
    assert_int_equal(handle[7], 3);
    assert_int_equal(wrapped[75], 3);
}

#define STORE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_intake_store__same_transaction__finds_the_submission),
        STORE_TEST(test_intake_store__same_id_of_another_node__is_another_submission),
        STORE_TEST(test_intake_store__the_same_id_again__is_refused_for_a_correction_too),
        STORE_TEST(test_intake_store__correction__is_the_newest_and_both_are_kept),
        STORE_TEST(test_intake_store__revision__its_sealed_event_is_found),
        STORE_TEST(test_intake_store__reporter__is_found_where_there_is_one),
        STORE_TEST(test_intake_store__unknown_case__is_not_found),
        STORE_TEST(test_intake_store__link__is_seen_from_both_cases),
        STORE_TEST(test_intake_store__list_of_regions__leaves_the_others_out),
        STORE_TEST(test_intake_store__a_new_streams_same_seq__is_another_case),
        STORE_TEST(test_intake_store__number__is_known_once_taken),
        STORE_TEST(test_intake_store__list__goes_on_after_the_last_row),
        STORE_TEST(test_intake_store__list_in_a_full_arena__is_no_memory_and_works_again),
        STORE_TEST(test_intake_store__keys__are_found_by_handle_and_the_newest_alone),
    };

    return cmocka_run_group_tests_name("intake/store", tests, NULL, NULL);
}
