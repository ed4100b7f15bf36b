/* Is every leaf asked for, and none twice, whatever the pages turn out to hold? */
#include "tests/support/test.h"

#include "services/netra/page_plan.h"

struct walk_case {
    const char *name;
    uint64_t first;
    uint64_t end;
    uint32_t fits;       /* leaves that a page holds */
    unsigned ahead;      /* pages under way at a time */
    unsigned want_pages; /* that were taken */
    unsigned want_waste; /* that came for nothing */
};

static struct walk_case walk_cases[] = {
    {"nothing is wanted", 7, 7, 256, 2, 0, 0},
    {"a single leaf", 0, 1, 256, 2, 1, 0},
    {"pages that hold all their rows", 0, 1024, 256, 2, 4, 0},
    {"the last page is asked for as it is", 0, 1000, 256, 2, 4, 0},
    {"from the middle of the log", 300, 812, 256, 2, 2, 0},
    {"a frame holds less: learned once, one page in vain", 0, 1600, 160, 2, 11, 1},
    {"one page at a time is never in vain", 0, 1600, 160, 1, 11, 0},
    {"a frame holds a single leaf", 0, 5, 1, 2, 5, 0},
};

/* Asks as a reader does: pages under way come in order; those behind a short one are dropped. */
static void test_walk(void **state)
{
    const struct walk_case *row = *state;
    struct page_plan plan = {.next = 0};
    struct page_asked under_way[2];
    unsigned count = 0;
    unsigned pages = 0;
    unsigned waste = 0;
    uint64_t next = row->first;

    page_plan_begin(&plan, row->first, row->end);
    for (;;) {
        while (count < row->ahead && page_plan_ask(&plan, &under_way[count]))
            count++;
        if (count == 0)
            break;
        const struct page_asked asked = under_way[0];
        const uint64_t came = asked.rows < row->fits ? asked.rows : row->fits;

        assert_int_equal(asked.first, next);
        assert_in_range(asked.rows, 1, 256);
        next += came;
        pages++;
        under_way[0] = under_way[1];
        count--;
        if (!page_plan_took(&plan, &asked, came)) {
            waste += count;
            count = 0;
        }
    }
    assert_int_equal(next, row->end);
    assert_int_equal(pages, row->want_pages);
    assert_int_equal(waste, row->want_waste);
}

static void test_took__more_than_was_asked_for__goes_on_behind_it(void **state)
{
    struct page_plan plan = {.rows = 10};
    struct page_asked asked;

    (void)state;
    page_plan_begin(&plan, 0, 1000);
    assert_true(page_plan_ask(&plan, &asked));
    assert_false(page_plan_took(&plan, &asked, 600));
    assert_true(page_plan_ask(&plan, &asked));
    assert_int_equal(asked.first, 600);
    assert_in_range(asked.rows, 1, 256);
}

static void test_took__many_whole_pages__asks_for_more_again(void **state)
{
    struct page_plan plan = {.rows = 10};
    struct page_asked asked;

    (void)state;
    page_plan_begin(&plan, 0, 100000);
    for (unsigned i = 0; i < 200; i++) {
        assert_true(page_plan_ask(&plan, &asked));
        assert_true(page_plan_took(&plan, &asked, asked.rows));
    }
    assert_true(asked.rows > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_took__more_than_was_asked_for__goes_on_behind_it),
        cmocka_unit_test(test_took__many_whole_pages__asks_for_more_again),
    };
    TEST_TABLE(walks, walk_cases, test_walk);
    int failed = cmocka_run_group_tests_name("page plan", tests, NULL, NULL);

    failed += cmocka_run_group_tests_name("page plan/walks", walks, NULL, NULL);
    return failed;
}
