/*
 * Every cell of a case's table.
 */
#include "tests/support/test.h"

#include "services/classification/lease_state.h"

#include <stdbool.h>

#include <stdio.h>
#include <string.h>

struct cell_case {
    const char *name;
    enum lease_state state;
    enum lease_event event;
    enum lease_move move;
    enum lease_state next;
    enum lease_effect effect;
};

#define GO(from, what, to, does)                                                     \
    .state = LEASE_STATE_##from, .event = LEASE_EVENT_##what, .move = LEASE_MOVE_GO, \
    .next = LEASE_STATE_##to, .effect = LEASE_EFFECT_##does
#define STAYS(from, what) \
    .state = LEASE_STATE_##from, .event = LEASE_EVENT_##what, .move = LEASE_MOVE_IGNORE

/* All that may happen; every cell that isn't here is NEVER. */
static struct cell_case cell_cases[] = {
    {.name = "a waiting case is leased", GO(WAITING, LEASED, LEASED, NONE)},
    {.name = "a waiting case has nothing pinned: a result is dropped", STAYS(WAITING, RESULT)},
    {.name = "a lease that ends unanswered makes a suspect", GO(LEASED, ENDED, SUSPECT, NONE)},
    {.name = "a leased case's result is its verdict", GO(LEASED, RESULT, DECIDED, RECORD)},
    {.name = "a suspect is leased alone", GO(SUSPECT, LEASED_ALONE, LEASED_ALONE, NONE)},
    {.name = "a suspect's late result is the first all the same",
     GO(SUSPECT, RESULT, DECIDED, RECORD)},
    {.name = "a suspect is decided here when no worker is left",
     GO(SUSPECT, DECIDED_HERE, DECIDED, RECORD)},
    {.name = "a suspect that died too often is condemned",
     GO(SUSPECT, CONDEMNED, CONDEMNED, WIPE)},
    {.name = "a case leased alone that isn't answered is a suspect again",
     GO(LEASED_ALONE, ENDED, SUSPECT, NONE)},
    {.name = "a result from alone is its verdict", GO(LEASED_ALONE, RESULT, DECIDED, RECORD)},
    {.name = "a decided case drops a late twin", STAYS(DECIDED, RESULT)},
    {.name = "a condemned case drops a late result", STAYS(CONDEMNED, RESULT)},
    {.name = "a waiting case waits under another ruleset too", STAYS(WAITING, REPINNED)},
    {.name = "a lease of another ruleset is void", GO(LEASED, REPINNED, WAITING, NONE)},
    {.name = "a suspect is one under any ruleset", STAYS(SUSPECT, REPINNED)},
    {.name = "a suspect whose lease is void is counted again",
     GO(LEASED_ALONE, REPINNED, SUSPECT, NONE)},
    {.name = "a condemned case stays so", STAYS(CONDEMNED, REPINNED)},
};

static void test_cell(void **state)
{
    const struct cell_case *row = *state;
    struct lease_cell cell = lease_state_step(row->state, row->event);
    assert_int_equal(cell.move, row->move);
    if (row->move != LEASE_MOVE_GO)
        return;
    assert_int_equal(cell.next, row->next);
    assert_int_equal(cell.effect, row->effect);
}

static bool is_listed(enum lease_state from, enum lease_event event)
{
    for (size_t i = 0; i < sizeof(cell_cases) / sizeof(cell_cases[0]); i++) {
        if (cell_cases[i].state == from && cell_cases[i].event == event)
            return true;
    }
    return false;
}

static void test_table__every_cell_not_listed__never(void **state)
{
    (void)state;
    for (enum lease_state from = 0; from < LEASE_STATE_COUNT; from++) {
        for (enum lease_event event = 0; event < LEASE_EVENT_COUNT; event++) {
            if (!is_listed(from, event) && lease_state_step(from, event).move != LEASE_MOVE_NEVER)
                fail_msg("%s, %s: not NEVER", lease_state_name(from), lease_event_name(event));
        }
    }
}

static void test_names__all__differ(void **state)
{
    (void)state;
    for (enum lease_state one = 0; one < LEASE_STATE_COUNT; one++)
        for (enum lease_state other = 0; other < one; other++)
            assert_string_not_equal(lease_state_name(one), lease_state_name(other));
    for (enum lease_event one = 0; one < LEASE_EVENT_COUNT; one++)
        for (enum lease_event other = 0; other < one; other++)
            assert_string_not_equal(lease_event_name(one), lease_event_name(other));
}

int main(void)
{
    TEST_TABLE(cells, cell_cases, test_cell)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_table__every_cell_not_listed__never),
        cmocka_unit_test(test_names__all__differ),
    };
    int failed = cmocka_run_group_tests_name("cells", cells, NULL, NULL);
    return failed + cmocka_run_group_tests_name("lease_state", singles, NULL, NULL);
}
