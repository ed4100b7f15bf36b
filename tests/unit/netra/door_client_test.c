/* Asking at doors over a transport that does what the test says. */
#include "tests/support/test.h"

#include "services/netra/door_client.h"

#include <string.h>

#define STEPS_MAX 8u
#define FIRST_ID 100u

/* What happens at one wait; the clock moves on by `after_ms` first. */
enum step_kind {
    STEP_END,
    STEP_UP,
    STEP_DOWN,
    STEP_REFUSED,
    STEP_ANSWER,
    STEP_WRONG_ANSWER,
    STEP_GARBAGE,
    STEP_PASS
};

struct step {
    enum step_kind kind;
    int64_t after_ms;
};

struct fake {
    const struct step *steps;
    unsigned next;
    bool is_pending; /* the step was reached, and receive has not told it yet */
    int64_t now_ms;
    unsigned asked;
    struct arena arena;
};

static struct fake fake;

static void put_answer(uint64_t request_id, struct received *received)
{
    const struct door_answer_parts parts = {
        .request_id = request_id, .status = STATUS_BACKLOG, .detail = "full", .retry_after_ms = 7};

    received->kind = RECEIVED_ANSWER;
    arena_reset(&fake.arena);
    assert_int_equal(door_answer_encode(&parts, &fake.arena, &received->bytes), STATUS_OK);
}

static void fake_receive(void *self, int64_t now_ms, struct received *ret_received)
{
    (void)self;
    (void)now_ms;
    *ret_received = (struct received){.kind = RECEIVED_NOTHING, .peer = TRANSPORT_PEERS_MAX};
    if (!fake.is_pending)
        return;
    fake.is_pending = false;
    ret_received->peer = DOOR_INTAKE;
    switch (fake.steps[fake.next++].kind) {
    case STEP_UP:
        ret_received->kind = RECEIVED_CLIENT_UP;
        break;
    case STEP_DOWN:
        ret_received->kind = RECEIVED_CLIENT_DOWN;
        break;
    case STEP_REFUSED:
        ret_received->kind = RECEIVED_REFUSED;
        break;
    case STEP_ANSWER:
        put_answer(FIRST_ID, ret_received);
        break;
    case STEP_WRONG_ANSWER:
        put_answer(FIRST_ID + 1, ret_received);
        break;
    case STEP_GARBAGE:
        ret_received->kind = RECEIVED_ANSWER;
        ret_received->bytes = view_of("\xff\xff", 2);
        break;
    case STEP_PASS:
    case STEP_END:
        break;
    }
}

static enum status fake_wait(void *self, int64_t timeout_ms)
{
    const struct step *step = &fake.steps[fake.next];

    (void)self;
    assert_true(timeout_ms > 0);
    /* At the script's end the time simply passes. */
    fake.is_pending = step->kind != STEP_END && step->after_ms <= timeout_ms;
    fake.now_ms += fake.is_pending ? step->after_ms : timeout_ms;
    return STATUS_OK;
}

static enum status fake_ask(void *self, unsigned peer, struct view frame)
{
    struct door_request_parts parts;
    struct diag diag;

    (void)self;
    assert_int_equal(peer, DOOR_INTAKE);
    arena_reset(&fake.arena);
    assert_int_equal(door_request_decode(frame, &fake.arena, &parts, &diag), STATUS_OK);
    assert_in_range(parts.request_id, FIRST_ID, FIRST_ID + 1);
    fake.asked++;
    return STATUS_OK;
}

static void fake_close(void *self)
{
    (void)self;
}

static int64_t fake_boot_ms(void *self)
{
    (void)self;
    return fake.now_ms;
}

struct ask_case {
    const char *name;
    struct step steps[STEPS_MAX];
    enum status want;
    unsigned want_asked; /* how often the question was sent */
    int64_t want_ms;     /* when asking ended */
};

static struct ask_case ask_cases[] = {
    {"an answer ends the asking", {{STEP_UP, 1}, {STEP_ANSWER, 5}}, STATUS_BACKLOG, 1, 6},
    {"a silent door is asked nothing", {{STEP_END, 0}}, STATUS_NOT_CONNECTED, 0, 1000},
    {"a door that doesn't answer is given up in time",
     {{STEP_UP, 1}},
     STATUS_NOT_CONNECTED,
     1,
     1000},
    {"a question whose connection broke is sent again",
     {{STEP_UP, 1}, {STEP_DOWN, 5}, {STEP_UP, 5}, {STEP_ANSWER, 5}},
     STATUS_BACKLOG,
     2,
     16},
    {"another question's answer is passed over",
     {{STEP_UP, 1}, {STEP_WRONG_ANSWER, 5}, {STEP_ANSWER, 5}},
     STATUS_BACKLOG,
     1,
     11},
    {"what is no answer is passed over",
     {{STEP_UP, 1}, {STEP_GARBAGE, 5}, {STEP_ANSWER, 5}},
     STATUS_BACKLOG,
     1,
     11},
    {"waking for nothing changes nothing",
     {{STEP_UP, 1}, {STEP_PASS, 5}, {STEP_ANSWER, 5}},
     STATUS_BACKLOG,
     1,
     11},
    {"three refused handshakes end the asking",
     {{STEP_REFUSED, 1}, {STEP_REFUSED, 1}, {STEP_REFUSED, 1}},
     STATUS_NOT_AUTHORISED,
     0,
     3},
    {"two refused handshakes and then a connection are an answer",
     {{STEP_REFUSED, 1}, {STEP_REFUSED, 1}, {STEP_UP, 1}, {STEP_ANSWER, 1}},
     STATUS_BACKLOG,
     1,
     4},
};

static void test_ask(void **state)
{
    const struct ask_case *row = *state;
    const struct transport transport = {
        .receive = fake_receive, .wait = fake_wait, .ask = fake_ask, .close = fake_close};
    const struct clock clock = {.boot_ms = fake_boot_ms};
    struct door_ask ask = {.door = DOOR_INTAKE, .kind = 1};
    struct door_client client;
    struct arena arena;
    struct diag diag = {.text = ""};

    fake = (struct fake){.steps = row->steps};
    assert_int_equal(arena_open(&fake.arena, 1u << 20), STATUS_OK);
    assert_int_equal(arena_open(&arena, 1u << 20), STATUS_OK);
    assert_int_equal(door_client_open_over(&client, transport, clock, FIRST_ID), STATUS_OK);
    assert_int_equal(door_client_ask(&client, &ask, 1000, &arena, &diag), row->want);
    assert_int_equal(fake.asked, row->want_asked);
    assert_int_equal(fake.now_ms, row->want_ms);
    assert_non_null(strstr(diag.text, "intake"));
    if (row->want == STATUS_BACKLOG) {
        assert_string_equal(ask.detail, "full");
        assert_int_equal(ask.retry_after_ms, 7);
    }
    door_client_close(&client);
    arena_close(&arena);
    arena_close(&fake.arena);
}

/* ---- ahead ---- */

struct ahead_case {
    const char *name;
    struct step steps[STEPS_MAX];
    bool is_dropped;
    enum status want_other; /* of what was asked meanwhile */
    enum status want;       /* of what was asked ahead */
    unsigned want_asked;
    int64_t want_ms;
};

static struct ahead_case ahead_cases[] = {
    {"an answer that came meanwhile is there at once",
     {{STEP_UP, 1}, {STEP_ANSWER, 1}, {STEP_WRONG_ANSWER, 1}},
     false,
     STATUS_BACKLOG,
     STATUS_BACKLOG,
     2,
     3},
    {"an answer that comes later is waited for",
     {{STEP_UP, 1}, {STEP_WRONG_ANSWER, 1}, {STEP_ANSWER, 5}},
     false,
     STATUS_BACKLOG,
     STATUS_BACKLOG,
     2,
     7},
    {"a connection that breaks meanwhile: both are asked again",
     {{STEP_UP, 1}, {STEP_DOWN, 1}, {STEP_UP, 1}, {STEP_ANSWER, 1}, {STEP_WRONG_ANSWER, 1}},
     false,
     STATUS_BACKLOG,
     STATUS_BACKLOG,
     4,
     5},
    {"one that is not wanted any more is neither asked nor answered",
     {{STEP_UP, 1}, {STEP_ANSWER, 1}, {STEP_WRONG_ANSWER, 1}},
     true,
     STATUS_BACKLOG,
     STATUS_OK,
     1,
     3},
};

static void test_ahead(void **state)
{
    const struct ahead_case *row = *state;
    const struct transport transport = {
        .receive = fake_receive, .wait = fake_wait, .ask = fake_ask, .close = fake_close};
    const struct clock clock = {.boot_ms = fake_boot_ms};
    struct door_ask ahead = {.door = DOOR_INTAKE, .kind = 1};
    struct door_ask other = {.door = DOOR_INTAKE, .kind = 1};
    struct door_client client;
    struct arena arenas[2];
    struct diag diag = {.text = ""};

    fake = (struct fake){.steps = row->steps};
    assert_int_equal(arena_open(&fake.arena, 1u << 20), STATUS_OK);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(arena_open(&arenas[i], 1u << 20), STATUS_OK);
    assert_int_equal(door_client_open_over(&client, transport, clock, FIRST_ID), STATUS_OK);
    door_client_begin(&client, &ahead, &arenas[0]);
    if (row->is_dropped)
        door_client_drop(&client, &ahead);
    assert_int_equal(door_client_ask(&client, &other, 1000, &arenas[1], &diag), row->want_other);
    if (!row->is_dropped) {
        assert_int_equal(door_client_await(&client, &ahead, 1000, &diag), row->want);
        assert_string_equal(ahead.detail, "full");
    }
    assert_int_equal(fake.asked, row->want_asked);
    assert_int_equal(fake.now_ms, row->want_ms);
    door_client_close(&client);
    for (unsigned i = 0; i < 2; i++)
        arena_close(&arenas[i]);
    arena_close(&fake.arena);
}

int main(void)
{
    TEST_TABLE(asks, ask_cases, test_ask)
    TEST_TABLE(aheads, ahead_cases, test_ahead)
    int failed = cmocka_run_group_tests_name("asking", asks, NULL, NULL);

    failed += cmocka_run_group_tests_name("asking/ahead", aheads, NULL, NULL);
    return failed;
}
