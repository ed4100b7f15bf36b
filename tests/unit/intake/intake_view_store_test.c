/* Is what is shown of cases what was kept, in its order and for those regions? */
#include "tests/support/test.h"

#include "tests/unit/intake/intake_store_fixture.h"

#include <string.h>

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

static void test_intake_view_store__link__is_seen_from_both_cases(void **state)
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

static void test_intake_view_store__list__goes_on_after_the_last_row(void **state)
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

static void test_intake_view_store__list_of_regions__leaves_the_others_out(void **state)
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

static void test_intake_view_store__list_in_a_full_arena__is_no_memory_and_works_again(
    void **state)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_intake_view_store__link__is_seen_from_both_cases),
        STORE_TEST(test_intake_view_store__list__goes_on_after_the_last_row),
        STORE_TEST(test_intake_view_store__list_of_regions__leaves_the_others_out),
        STORE_TEST(test_intake_view_store__list_in_a_full_arena__is_no_memory_and_works_again),
    };

    return cmocka_run_group_tests_name("intake/store", tests, NULL, NULL);
}
