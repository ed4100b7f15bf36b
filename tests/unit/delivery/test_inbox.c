/*
 * The receiving side: every cell of its table, what each batch is to it, and what it takes.
 */
#include "tests/support/test.h"

#include "common/delivery/inbox.h"
#include "tests/unit/delivery/stream_fixture.h"

/* ---- the table ---- */

struct cell_case {
    const char *name;
    enum inbox_state state;
    enum inbox_event event;
    enum inbox_state want_next;
    enum inbox_effect want_effect;
};

static struct cell_case cell_cases[] = {
    {"empty sees a middle that claims to continue: asks", INBOX_EMPTY, INBOX_CONTINUES,
     INBOX_EMPTY, INBOX_ASK},
    {"empty sees a middle: asks", INBOX_EMPTY, INBOX_LEAPS, INBOX_EMPTY, INBOX_ASK},
    {"empty sees a beginning: follows", INBOX_EMPTY, INBOX_OPENS, INBOX_FOLLOWING, INBOX_SWITCH},
    {"empty sees what was left: drops it", INBOX_EMPTY, INBOX_REPEATS, INBOX_EMPTY, INBOX_DROP},
    {"following sees what was left again: drops it", INBOX_FOLLOWING, INBOX_REPEATS,
     INBOX_FOLLOWING, INBOX_DROP},
    {"forked drops what was left", INBOX_FORKED, INBOX_REPEATS, INBOX_FORKED, INBOX_DROP},
    {"empty sees a contradiction: alarms", INBOX_EMPTY, INBOX_MISFITS, INBOX_FORKED, INBOX_ALARM},
    {"empty is set: follows", INBOX_EMPTY, INBOX_RESETS, INBOX_FOLLOWING, INBOX_GO_ON},
    {"following continues: takes", INBOX_FOLLOWING, INBOX_CONTINUES, INBOX_FOLLOWING, INBOX_TAKE},
    {"following misses something: asks", INBOX_FOLLOWING, INBOX_LEAPS, INBOX_FOLLOWING, INBOX_ASK},
    {"following sees the next stream: switches", INBOX_FOLLOWING, INBOX_OPENS, INBOX_FOLLOWING,
     INBOX_SWITCH},
    {"following sees a contradiction: alarms", INBOX_FOLLOWING, INBOX_MISFITS, INBOX_FORKED,
     INBOX_ALARM},
    {"following is set: follows from there", INBOX_FOLLOWING, INBOX_RESETS, INBOX_FOLLOWING,
     INBOX_GO_ON},
    {"forked drops what continues", INBOX_FORKED, INBOX_CONTINUES, INBOX_FORKED, INBOX_DROP},
    {"forked drops what leaps", INBOX_FORKED, INBOX_LEAPS, INBOX_FORKED, INBOX_DROP},
    {"forked drops a new stream", INBOX_FORKED, INBOX_OPENS, INBOX_FORKED, INBOX_DROP},
    {"forked drops a second contradiction", INBOX_FORKED, INBOX_MISFITS, INBOX_FORKED, INBOX_DROP},
    {"forked is set: follows", INBOX_FORKED, INBOX_RESETS, INBOX_FOLLOWING, INBOX_GO_ON},
};

static void check_cell(void **state)
{
    const struct cell_case *row = *state;
    struct inbox_cell cell = inbox_cell_at(row->state, row->event);
    assert_int_equal(cell.next, row->want_next);
    assert_int_equal(cell.effect, row->want_effect);
}

static void test_cells__all_rows__name_every_cell(void **state)
{
    (void)state;
    assert_int_equal(sizeof cell_cases / sizeof cell_cases[0],
                     INBOX_STATE_COUNT * INBOX_EVENT_COUNT);
}

/* ---- judging a batch, holding entry 3 of stream 'a' ---- */

struct judge_case {
    const char *name;
    uint8_t stream;
    uint64_t before;
    bool is_digest_wrong;
    bool has_opening;
    uint8_t closed_stream;
    uint64_t closed_seq;
    bool is_closed_digest_wrong;
    enum inbox_effect want;
    bool is_own; /* what is closed is the store's own stream before one that it adopted */
};

static struct judge_case judge_cases[] = {
    {"the next entries are taken", 'a', 3, false, false, 0, 0, false, INBOX_TAKE, false},
    {"a repetition from before is taken and skipped", 'a', 1, false, false, 0, 0, false,
     INBOX_TAKE, false},
    {"a batch beyond what is held asks", 'a', 5, false, false, 0, 0, false, INBOX_ASK, false},
    {"another digest at our own position alarms", 'a', 3, true, false, 0, 0, false, INBOX_ALARM,
     false},
    {"a middle of another stream asks: its beginning may have been overtaken", 'b', 2, false,
     false, 0, 0, false, INBOX_ASK, false},
    {"another stream that follows none alarms", 'b', 0, false, true, 0, 0, false, INBOX_ALARM,
     false},
    {"another stream that follows a third one alarms", 'b', 0, false, true, 'c', 3, false,
     INBOX_ALARM, false},
    {"the stream that follows ours at its end is begun", 'b', 0, false, true, 'a', 3, false,
     INBOX_SWITCH, false},
    {"one that was closed at another digest alarms", 'b', 0, false, true, 'a', 3, true,
     INBOX_ALARM, false},
    {"one closed before what we hold is begun: an operator's recovery", 'b', 0, false, true, 'a',
     2, false, INBOX_SWITCH, false},
    {"one closed beyond what we hold waits for the rest", 'b', 0, false, true, 'a', 4, false,
     INBOX_ASK, false},
    {"one that follows an adopted stream is begun by who holds the store's own", 'b', 0, false,
     true, 'a', 3, false, INBOX_SWITCH, true},
    {"with another digest at the end of the store's own it alarms", 'b', 0, false, true, 'a', 3,
     true, INBOX_ALARM, true},
    {"with more of the store's own than we hold it waits for the rest", 'b', 0, false, true, 'a',
     4, false, INBOX_ASK, true},
};

static void check_judge(void **state)
{
    const struct judge_case *row = *state;
    struct inbox inbox;
    struct position held = fixture_position('a', 3, 9);
    struct position before = fixture_position(row->stream, row->before, 9);
    struct inbox_opening opening = {.closed = {.seq = 0}};
    struct position *closed = row->is_own ? &opening.own : &opening.closed;
    if (row->is_own)
        opening.closed = fixture_position('c', 0, 9);
    closed->seq = row->closed_seq;
    memset(closed->stream_id, row->closed_stream, STREAM_ID_SIZE);
    memcpy(closed->digest, held.digest, SHA256_SIZE);
    if (row->is_closed_digest_wrong)
        closed->digest[0] ^= 1;
    if (row->is_digest_wrong)
        before.digest[31] ^= 1;
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    assert_int_equal(inbox_judge(&inbox, &before, row->has_opening ? &opening : NULL), row->want);
    inbox_close(&inbox);
}

static void test_judge__empty__takes_only_a_beginning(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position nowhere = {0};
    struct position middle = fixture_position('a', 2, 9);
    struct position start = fixture_position('a', 0, 9);
    struct inbox_opening opening = {0};
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &nowhere);
    assert_int_equal(inbox_judge(&inbox, &middle, NULL), INBOX_ASK);
    assert_int_equal(inbox_judge(&inbox, &start, &opening), INBOX_SWITCH);
    inbox_close(&inbox);
}

/* ---- judging a stream's beginning, holding nothing ---- */

struct beginning_case {
    const char *name;
    uint64_t closed_seq;
    uint64_t own_seq;
    enum inbox_effect want;
};

static struct beginning_case beginning_cases[] = {
    {"an emptied store asks for what counts of the stream before", 10, 0, INBOX_ASK},
    {"an emptied store asks for the store's own stream before an adopted one", 0, 2, INBOX_ASK},
    {"a stream before which nothing counts is begun", 0, 0, INBOX_SWITCH},
};

static void check_beginning(void **state)
{
    const struct beginning_case *row = *state;
    struct inbox inbox;
    struct position nowhere = {0};
    struct position start = fixture_position('b', 0, 9);
    struct inbox_opening opening = {.closed = fixture_position('a', row->closed_seq, 9)};
    if (row->own_seq > 0)
        opening.own = fixture_position('c', row->own_seq, 9);
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &nowhere);
    assert_int_equal(inbox_judge(&inbox, &start, &opening), row->want);
    assert_int_equal(inbox.state, row->want == INBOX_ASK ? INBOX_EMPTY : INBOX_FOLLOWING);
    inbox_close(&inbox);
}

static void test_judge__left_stream_with_entries_queued__drops_its_repetition(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position held = fixture_position('a', 3, 9);
    struct position chain = held;
    struct position start = fixture_position('b', 0, 9);
    struct queued_entry entry = fixture_entry('a', 4, 9);
    struct inbox_opening opening = {.closed = {.seq = 4}};
    memset(opening.closed.stream_id, 'a', STREAM_ID_SIZE);
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    assert_int_equal(inbox_offer(&inbox, &chain, &entry), STATUS_OK);
    memcpy(opening.closed.digest, chain.digest, SHA256_SIZE);
    assert_int_equal(inbox_judge(&inbox, &start, &opening), INBOX_SWITCH);
    inbox_switch(&inbox, &start);
    assert_int_equal(inbox_judge(&inbox, &held, NULL), INBOX_DROP);
    assert_int_equal(inbox.state, INBOX_FOLLOWING);
    assert_int_equal(inbox.queue.count, 1);
    inbox_close(&inbox);
}

/* Its beginning says nothing of the stream that is held now: of a stranger that is a fork. */
static void test_judge__beginning_of_a_left_stream__is_dropped_however_late(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position first = fixture_position('a', 0, 9);
    struct position held = fixture_position('a', 3, 9);
    struct inbox_opening none = {.closed = {.seq = 0}};
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    for (uint8_t stream = 'b'; stream < 'b' + INBOX_LEFT_MAX; stream++) {
        struct position start = fixture_position(stream, 0, 9);
        struct inbox_opening opening = {.closed = inbox.received};
        assert_int_equal(inbox_judge(&inbox, &start, &opening), INBOX_SWITCH);
        inbox_switch(&inbox, &start);
        assert_int_equal(inbox_judge(&inbox, &first, &none), INBOX_DROP);
        assert_int_equal(inbox.state, INBOX_FOLLOWING);
    }
    struct position stranger = fixture_position('z', 0, 9);
    assert_int_equal(inbox_judge(&inbox, &stranger, &none), INBOX_ALARM);
    inbox_load(&inbox, &held); /* an operator has it go on there */
    assert_int_equal(inbox_judge(&inbox, &held, NULL), INBOX_TAKE);
    inbox_close(&inbox);
}

static void test_go_on__after_a_contradiction__takes_the_stream_that_follows(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position held = fixture_position('a', 3, 9);
    struct position stranger = fixture_position('c', 0, 9);
    struct position start = fixture_position('b', 0, 9);
    struct inbox_opening none = {.closed = {.seq = 0}};
    struct inbox_opening opening = {.closed = held};
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    assert_int_equal(inbox_judge(&inbox, &stranger, &none), INBOX_ALARM);
    assert_int_equal(inbox_credit_entries(&inbox, false), 0);
    inbox_go_on(&inbox);
    assert_int_equal(inbox_credit_entries(&inbox, false), CREDIT_ENTRIES);
    assert_int_equal(inbox_judge(&inbox, &start, &opening), INBOX_SWITCH);
    inbox_close(&inbox);
}

static void test_go_on__without_a_stream__still_waits_for_a_beginning(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position nowhere = {0};
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &nowhere);
    inbox_go_on(&inbox);
    assert_int_equal(inbox.state, INBOX_EMPTY);
    inbox_close(&inbox);
}

/* ---- taking entries ---- */

static void offer_run(struct inbox *inbox, struct position *chain, uint64_t first, uint64_t last)
{
    for (uint64_t seq = first; seq <= last; seq++) {
        struct queued_entry entry = fixture_entry('a', seq, 9);
        assert_int_equal(inbox_offer(inbox, chain, &entry), STATUS_OK);
    }
}

static void test_offer__overlapping_batch__queues_only_what_is_new(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position held = fixture_position('a', 3, 9);
    struct position chain = fixture_position('a', 1, 9);
    struct position want = fixture_position('a', 5, 9);
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    assert_int_equal(inbox_judge(&inbox, &chain, NULL), INBOX_TAKE);
    offer_run(&inbox, &chain, 2, 5);
    assert_int_equal(inbox.queue.count, 2);
    assert_memory_equal(&inbox.received, &want, sizeof want);
    assert_memory_equal(&inbox.applied, &held, sizeof held);
    inbox_applied(&inbox, 2);
    assert_memory_equal(&inbox.applied, &want, sizeof want);
    inbox_close(&inbox);
}

static void test_offer__another_history_below_ours__forks_at_our_position(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position held = fixture_position('a', 3, 9);
    struct position chain = fixture_position('a', 1, 9);
    struct queued_entry other = fixture_entry('a', 2, 10);
    struct queued_entry next = fixture_entry('a', 3, 9);
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    assert_int_equal(inbox_offer(&inbox, &chain, &other), STATUS_OK);
    assert_int_equal(inbox_offer(&inbox, &chain, &next), STATUS_STREAM_FORKED);
    assert_int_equal(inbox.state, INBOX_FORKED);
    assert_int_equal(inbox.queue.count, 0);
    inbox_close(&inbox);
}

static void test_offer__gap_marker__moves_without_an_entry_to_apply(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position held = fixture_position('a', 3, 9);
    struct position chain = held;
    struct position want = fixture_position('a', 7, 9);
    struct queued_entry gap = {.is_gap = true, .through = want};
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    assert_int_equal(inbox_offer(&inbox, &chain, &gap), STATUS_OK);
    assert_memory_equal(&inbox.received, &want, sizeof want);
    assert_int_equal(inbox_offer(&inbox, &chain, &gap), STATUS_OUT_OF_RANGE);
    inbox_close(&inbox);
}

static void test_offer__gap_marker_to_our_position_with_another_digest__forks(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position held = fixture_position('a', 3, 9);
    struct position chain = fixture_position('a', 1, 9);
    struct queued_entry gap = {.is_gap = true, .through = held};
    gap.through.digest[31] ^= 1;
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    assert_int_equal(inbox_offer(&inbox, &chain, &gap), STATUS_STREAM_FORKED);
    assert_int_equal(inbox.state, INBOX_FORKED);
    inbox_close(&inbox);
}

static void test_offer__seq_that_skips__is_refused(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position held = fixture_position('a', 3, 9);
    struct position chain = held;
    struct queued_entry entry = fixture_entry('a', 5, 9);
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    assert_int_equal(inbox_offer(&inbox, &chain, &entry), STATUS_OUT_OF_RANGE);
    inbox_close(&inbox);
}

static void test_offer__more_than_the_credit__is_left_for_later(void **state)
{
    (void)state;
    struct inbox inbox;
    struct position held = fixture_position('a', 0, 9);
    struct position chain = held;
    assert_int_equal(inbox_open(&inbox), STATUS_OK);
    inbox_load(&inbox, &held);
    offer_run(&inbox, &chain, 1, CREDIT_ENTRIES);
    struct queued_entry entry = fixture_entry('a', CREDIT_ENTRIES + 1, 9);
    assert_int_equal(inbox_offer(&inbox, &chain, &entry), STATUS_BACKLOG);
    assert_int_equal(inbox.received.seq, CREDIT_ENTRIES);
    assert_int_equal(inbox_credit_entries(&inbox, false), CREDIT_ENTRIES);
    assert_int_equal(inbox_credit_entries(&inbox, true), 0);
    assert_int_equal(inbox_credit_bytes(&inbox, true), 0);
    inbox_close(&inbox);
}

int main(void)
{
    TEST_TABLE(cells, cell_cases, check_cell);
    TEST_TABLE(judgements, judge_cases, check_judge);
    TEST_TABLE(beginnings, beginning_cases, check_beginning);
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_cells__all_rows__name_every_cell),
        cmocka_unit_test(test_judge__empty__takes_only_a_beginning),
        cmocka_unit_test(test_judge__left_stream_with_entries_queued__drops_its_repetition),
        cmocka_unit_test(test_judge__beginning_of_a_left_stream__is_dropped_however_late),
        cmocka_unit_test(test_go_on__after_a_contradiction__takes_the_stream_that_follows),
        cmocka_unit_test(test_go_on__without_a_stream__still_waits_for_a_beginning),
        cmocka_unit_test(test_offer__overlapping_batch__queues_only_what_is_new),
        cmocka_unit_test(test_offer__another_history_below_ours__forks_at_our_position),
        cmocka_unit_test(test_offer__gap_marker__moves_without_an_entry_to_apply),
        cmocka_unit_test(test_offer__gap_marker_to_our_position_with_another_digest__forks),
        cmocka_unit_test(test_offer__seq_that_skips__is_refused),
        cmocka_unit_test(test_offer__more_than_the_credit__is_left_for_later),
    };
    int failed = cmocka_run_group_tests_name("inbox cells", cells, NULL, NULL);
    failed += cmocka_run_group_tests_name("inbox judgements", judgements, NULL, NULL);
    failed += cmocka_run_group_tests_name("inbox beginnings", beginnings, NULL, NULL);
    return failed + cmocka_run_group_tests_name("inbox", singles, NULL, NULL);
}
