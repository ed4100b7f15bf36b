/*
 * Acts at a service's door: each signature acts once, and its event begins where the stream says.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "tests/unit/delivery/log_fixture.h"

#include <sodium.h>

#define ARENA_BYTES 1048576u
#define TYPE 900u
#define ROLE 3u
#define ORIGIN "example.org/log"

static struct service service;
static struct config config = {.origin = ORIGIN};
static struct log_fixture *fixture;
static uint8_t sign_secret[64];
static struct principal who;
static unsigned acted;
static unsigned said_anew;
static uint8_t drawn; /* what the last draw was made of */

static int64_t read_clock(void *self)
{
    (void)self;
    return 0;
}

/* Each draw is another one, as of a real source. */
static void fill(void *self, uint8_t *bytes, size_t size)
{
    (void)self;
    memset(bytes, ++drawn, size);
}

static enum status carry_out(void *app, struct turn *turn, const struct act *act,
                             const struct principal *person, struct view *ret_answer,
                             struct diag *diag)
{
    struct event_draft draft = {
        .type = act->type, .schema = act->schema, .payload = act->payload, .act = act};
    (void)app;
    (void)person;
    (void)diag;
    acted++;
    *ret_answer = view_of_text(acted == 1 ? "first" : "again");
    return turn_append(turn, &draft, NULL);
}

static enum status say_anew(void *app, struct turn *turn, struct diag *diag)
{
    struct event_draft draft = {.type = TYPE, .schema = 1};
    (void)app;
    (void)diag;
    said_anew++;
    return turn_append(turn, &draft, NULL);
}

static const struct act_entry acts[] = {{TYPE, ROLE_BIT(ROLE), carry_out}, {0}};
static const struct service_spec spec = {.name = "under_test", .acts = acts, .say_anew = say_anew};

static int set_up(void **state)
{
    void *opened = NULL;
    (void)state;
    if (log_fixture_open(&opened) != 0 || crypto_sign_keypair(who.sign_public, sign_secret) != 0)
        return -1;
    fixture = opened;
    acted = 0;
    said_anew = 0;
    drawn = 0;
    who.role = ROLE;
    service = (struct service){
        .spec = &spec,
        .config = &config,
        .phase = SERVICE_READY,
        .store = fixture->store, /* the fixture closes all three */
        .delivery = fixture->delivery,
        .log = fixture->log,
        .start = "process",
        .edges = {.clock = {.utc_s = read_clock, .boot_ms = read_clock}, .random = {.fill = fill}},
    };
    if (arena_open(&service.arena, ARENA_BYTES) != STATUS_OK)
        return -1;
    struct turn turn = service_turn_of(&service);
    return append_begin_stream(&turn) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    void *opened = fixture;
    (void)state;
    arena_close(&service.arena);
    return log_fixture_close(&opened);
}

/* The act as it comes to the door. */
static enum status try(const struct act *act, struct view *ret_answer)
{
    struct turn turn = service_turn_of(&service);
    struct diag diag = {0};
    Netra__V1__PersonAct message = NETRA__V1__PERSON_ACT__INIT;
    struct door_request request = {.who = &who, .message = &message.base};
    message.type = act->type;
    message.schema = act->schema;
    message.role = act->role;
    message.case_handle = wire_bytes(view_of(act->case_handle, CASE_HANDLE_SIZE));
    message.key_id = wire_bytes(view_of(act->key_id, KEY_ID_SIZE));
    message.r = wire_bytes(view_of(act->r, COMMITMENT_SALT_SIZE));
    message.payload = wire_bytes(act->payload);
    message.signature = wire_bytes(view_of(act->signature, SIGNATURE_SIZE));
    enum status status = act_carry_out(NULL, &turn, &request, &diag);
    *ret_answer = request.answer;
    return status;
}

static struct view ask(const struct act *act)
{
    struct view answer = {0};
    assert_int_equal(try(act, &answer), STATUS_OK);
    return answer;
}

static void test_act__the_same_signature_again__gets_the_stored_answer_and_acts_once(void **state)
{
    (void)state;
    struct act act = {
        .type = TYPE, .schema = 1, .role = ROLE, .payload = view_of_text("what is done")};
    act_sign(&act, ORIGIN, sign_secret);
    uint64_t before = event_log_end(&service.log).seq;
    struct view first = ask(&act);
    struct view second = ask(&act);
    assert_int_equal(acted, 1);
    assert_int_equal(event_log_end(&service.log).seq, before + 1);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
}

static void test_act__signed_anew__acts_again(void **state)
{
    (void)state;
    struct act act = {
        .type = TYPE, .schema = 1, .role = ROLE, .payload = view_of_text("what is done")};
    act_sign(&act, ORIGIN, sign_secret);
    (void)ask(&act);
    act.r[0] = 1;
    act_sign(&act, ORIGIN, sign_secret);
    (void)ask(&act);
    assert_int_equal(acted, 2);
}

/* What peers hold of the stream that was left must not be taken for the new one's. */
static void test_begin_stream__after_another__has_an_id_of_its_own(void **state)
{
    (void)state;
    struct turn turn = service_turn_of(&service);
    struct position left = event_log_end(&service.log);
    assert_int_equal(append_begin_stream(&turn), STATUS_OK);
    struct position begun = event_log_end(&service.log);
    assert_memory_not_equal(begun.stream_id, left.stream_id, STREAM_ID_SIZE);
    assert_int_equal(begun.seq, 1);
}

/* ---- what a start may append that its destinations have not answered ---- */

struct reset_case {
    const char *name;
    enum service_phase phase;
    const char *destination;
    bool is_third_silent; /* a peer that takes the stream hasn't answered this start */
    enum status want;
};

static struct reset_case reset_cases[] = {
    {"a service that is ready is told of a peer's recovery, though a peer is silent since",
     SERVICE_READY, "other", true, STATUS_OK},
    {"a start that waits for audit-log's recovery alone is told of it", SERVICE_ASKING,
     "audit-log", false, STATUS_OK},
    {"and of another's: all have answered, so it appends no other branch", SERVICE_ASKING, "other",
     false, STATUS_OK},
    {"a silent peer may hold more than a start that asks: of audit-log's recovery it is told "
     "later",
     SERVICE_ASKING, "audit-log", true, STATUS_TRY_AGAIN_LATER},
    {"and of another's", SERVICE_ASKING, "other", true, STATUS_TRY_AGAIN_LATER},
    {"a forked store appends nothing of another's recovery", SERVICE_FORKED, "other", false,
     STATUS_STREAM_FORKED},
    {"a forked store appends nothing of audit-log's recovery", SERVICE_FORKED, "audit-log", false,
     STATUS_STREAM_FORKED},
};

static void is_told_in_time(void **state)
{
    static const struct service_output output;
    const struct reset_case *row = *state;
    Netra__V1__DestinationReset reset;
    char names[2][16] = {"under_test", ""};
    uint8_t payload[64];
    struct view answer = {0};
    void *opened = NULL;
    (void)set_up(&opened);
    netra__v1__destination_reset__init(&reset);
    (void)snprintf(names[1], sizeof names[1], "%s", row->destination);
    reset.service = names[0];
    reset.destination = names[1];
    assert_true(netra__v1__destination_reset__get_packed_size(&reset) <= sizeof payload);
    size_t size = netra__v1__destination_reset__pack(&reset, payload);
    struct act act = {.type = NETRA__V1__EVENT_TYPE__EVENT_TYPE_DESTINATION_RESET,
                      .schema = 1,
                      .role = NETRA__V1__ROLE__ROLE_OPERATOR,
                      .payload = view_of(payload, size)};
    who.role = NETRA__V1__ROLE__ROLE_OPERATOR;
    act_sign(&act, ORIGIN, sign_secret);
    service.phase = row->phase;
    service.peers[0] = (struct peer){.name = row->destination};
    service.peers[1] =
        (struct peer){.name = "third", .output = &output, .has_answered = !row->is_third_silent};
    service.peer_count = 2;
    uint64_t before = event_log_end(&service.log).seq;
    enum status status = try(&act, &answer);
    uint64_t after = event_log_end(&service.log).seq;
    (void)tear_down(&opened);
    assert_int_equal(status, row->want);
    assert_int_equal(after, before + (row->want == STATUS_OK ? 1 : 0));
}

/* ---- what a recovery says to peers ---- */

static enum status try_recovery(const uint8_t held[STREAM_ID_SIZE],
                                const uint8_t seen_start[PROCESS_START_SIZE])
{
    struct view answer = {0};
    Netra__V1__ServiceRecovered message;
    char name[] = "under_test";
    uint8_t payload[96];
    netra__v1__service_recovered__init(&message);
    message.service = name;
    message.held_stream = wire_bytes(view_of(held, STREAM_ID_SIZE));
    message.seen_start = wire_bytes(view_of(seen_start, PROCESS_START_SIZE));
    assert_true(netra__v1__service_recovered__get_packed_size(&message) <= sizeof payload);
    size_t size = netra__v1__service_recovered__pack(&message, payload);
    struct act act = {.type = NETRA__V1__EVENT_TYPE__EVENT_TYPE_SERVICE_RECOVERED,
                      .schema = 1,
                      .role = NETRA__V1__ROLE__ROLE_OPERATOR,
                      .payload = view_of(payload, size)};
    who.role = NETRA__V1__ROLE__ROLE_OPERATOR;
    act_sign(&act, ORIGIN, sign_secret);
    service.phase = SERVICE_FORKED;
    return try(&act, &answer);
}

/* The first event after `position`, as a peer reads it. */
static void read_opening(uint64_t position, struct inbox_opening *ret_opening)
{
    struct diag diag = {0};
    struct event_log_row row;
    struct link_builder builder;
    struct link_frame frame;
    struct position before = event_log_end(&service.log);
    bool has_row = false;
    before.seq = 0;
    assert_int_equal(event_log_flush(&service.log), STATUS_OK);
    event_log_committed(&service.log);
    assert_int_equal(event_log_read_start(&service.log, position, before.digest), STATUS_OK);
    assert_int_equal(event_log_read_next(&service.log, &row, &has_row), STATUS_OK);
    assert_true(has_row);
    assert_int_equal(link_builder_open(&builder, &service.arena, &before), STATUS_OK);
    assert_int_equal(link_builder_event(&builder, &row, 1, NULL), STATUS_OK);
    event_log_read_stop(&service.log);
    struct view bytes = link_builder_encode(&builder);
    assert_int_equal(link_frame_decode(bytes, &service.arena, &frame, &diag), STATUS_OK);
    assert_true(frame.as.batch.is_opening);
    *ret_opening = frame.as.batch.opening;
}

/* Some peers hold what the store was emptied of, others what it began anew before it was known.
 * The former are never sent the latter. */
static void test_recovery__of_an_emptied_store__names_both_streams_and_says_anew(void **state)
{
    (void)state;
    uint8_t held[STREAM_ID_SIZE];
    struct inbox_opening opening;
    struct position own = event_log_end(&service.log);
    memset(held, 'h', sizeof held);
    assert_int_equal(try_recovery(held, service.start), STATUS_OK);
    read_opening(own.seq, &opening);
    assert_memory_equal(opening.closed.stream_id, held, sizeof held);
    assert_int_equal(opening.closed.seq, 0);
    assert_memory_equal(&opening.own, &own, sizeof own);
    assert_int_equal(said_anew, 1);
}

static void test_recovery__of_a_store_that_has_the_stream__names_that_alone(void **state)
{
    (void)state;
    struct inbox_opening opening;
    struct position own = event_log_end(&service.log);
    struct position none = {.seq = 0};
    assert_int_equal(event_log_flush(&service.log), STATUS_OK);
    event_log_committed(&service.log);
    assert_int_equal(try_recovery(own.stream_id, service.start), STATUS_OK);
    read_opening(own.seq, &opening);
    assert_memory_equal(&opening.closed, &own, sizeof own);
    assert_memory_equal(&opening.own, &none, sizeof none);
    assert_int_equal(said_anew, 0);
}

struct seen_case {
    const char *name;
    uint8_t start_flip;  /* into the process's own start */
    bool is_restart_due; /* it was recovered already, and begins anew */
    enum status want;
};

static struct seen_case seen_cases[] = {
    {"the process that its operator saw is recovered", 0, false, STATUS_OK},
    {"an act for a store that was lost is not carried out by what began in its place, not even on "
     "a copy that ends where the operator saw it",
     1, false, STATUS_STORE_MOVED},
    {"nor by a process that was recovered since and hasn't begun anew", 0, true,
     STATUS_STORE_MOVED},
};

static void is_recovered_as_seen(void **state)
{
    static const uint8_t nothing_held[STREAM_ID_SIZE];
    const struct seen_case *row = *state;
    void *opened = NULL;
    (void)set_up(&opened);
    uint8_t seen_start[PROCESS_START_SIZE];
    memcpy(seen_start, service.start, sizeof seen_start);
    unsigned before = service.log.tip.stream_count;
    seen_start[0] ^= row->start_flip;
    service.is_restart_due = row->is_restart_due;
    enum status status = try_recovery(nothing_held, seen_start);
    unsigned after = service.log.tip.stream_count;
    (void)tear_down(&opened);
    assert_int_equal(status, row->want);
    assert_int_equal(after > before, row->want == STATUS_OK);
}

static void test_reset__of_a_peer_whose_stream_contradicted__takes_it_again(void **state)
{
    (void)state;
    static const struct service_input input = {.needs_case_keys = false};
    struct peer peer = {.input = &input, .inbox = {.state = INBOX_FORKED}};
    assert_int_equal(link_reset(&service, &peer), STATUS_OK);
    assert_int_equal(peer.inbox.state, INBOX_FOLLOWING);
    assert_true(peer.is_hello_due);
}

#define WITH_SERVICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVICE(test_act__the_same_signature_again__gets_the_stored_answer_and_acts_once),
        WITH_SERVICE(test_act__signed_anew__acts_again),
        WITH_SERVICE(test_begin_stream__after_another__has_an_id_of_its_own),
        WITH_SERVICE(test_recovery__of_an_emptied_store__names_both_streams_and_says_anew),
        WITH_SERVICE(test_recovery__of_a_store_that_has_the_stream__names_that_alone),
        WITH_SERVICE(test_reset__of_a_peer_whose_stream_contradicted__takes_it_again),
    };
    static struct CMUnitTest rows[sizeof reset_cases / sizeof reset_cases[0]];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        rows[i] = (struct CMUnitTest){.name = reset_cases[i].name,
                                      .test_func = is_told_in_time,
                                      .initial_state = &reset_cases[i]};
    TEST_TABLE(seen, seen_cases, is_recovered_as_seen)
    return cmocka_run_group_tests_name("acts", tests, NULL, NULL) +
           cmocka_run_group_tests_name("recoveries", seen, NULL, NULL) +
           cmocka_run_group_tests_name("resets", rows, NULL, NULL);
}
