/*
 * One turn as its peers see it: what leaves is on disk when it leaves, and a turn that fails
 * leaves nothing. The store is real; what leaves goes to a transport that looks at the store, over
 * a connection of its own, at that moment.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "netra/v1/door.pb-c.h"
#include "tests/unit/delivery/log_fixture.h"

#include <sqlite3.h>

#define ARENA_BYTES 8388608u
#define APPLIED 10u /* seq of the peer's stream that was applied before */
#define QUEUED_MAX 5u
#define BUFFER_BYTES 65536u

/* What the handler does with an entry: its event's type. */
enum kind { NONE, GOOD = 40, REJECTED, LATER, FULL, EARLY };

struct turn_case {
    const char *name;
    enum kind queue[QUEUED_MAX]; /* EARLY: its cause is not here */
    unsigned deaths;             /* on record of the first one */
    bool is_asked;               /* somebody asks for something at the door */
    unsigned want_applied;       /* entries, after the turn */
    unsigned want_effects;       /* of entries, on disk */
    unsigned want_letters;
    unsigned want_deaths; /* on record of the first one, afterwards */
    unsigned want_acks;
    unsigned want_answers;
};

static struct turn_case cases[] = {
    {.name = "an ack says how far was applied, which is on disk when it leaves, and how far was "
             "received",
     .queue = {GOOD, GOOD, GOOD, EARLY, GOOD},
     .want_applied = 3,
     .want_effects = 3,
     .want_acks = 1},
    {.name = "an answer leaves when what it says is on disk", .is_asked = true, .want_answers = 1},
    {.name = "entries and requests go together",
     .queue = {GOOD},
     .is_asked = true,
     .want_applied = 1,
     .want_effects = 1,
     .want_acks = 1,
     .want_answers = 1},
    {.name = "of a rejected entry nothing stays but its dead letter",
     .queue = {GOOD, REJECTED, GOOD},
     .want_applied = 3,
     .want_effects = 2,
     .want_letters = 1,
     .want_acks = 1},
    {.name = "an entry that can't be applied now takes the turn back, and is not counted",
     .queue = {GOOD, LATER}},
    {.name = "a full store takes the turn back, and no entry is counted", .queue = {GOOD, FULL}},
    {.name = "an entry that was applied has no deaths any more",
     .queue = {GOOD, GOOD},
     .deaths = 2,
     .want_applied = 2,
     .want_effects = 2,
     .want_acks = 1},
};

static struct service service;
static struct config config;
static struct pending_request requests[1];
static struct log_fixture *fixture;
static sqlite3 *other; /* sees what is committed, and nothing else */
static unsigned acks;
static unsigned answers;

static int64_t committed_number(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(other, sql, -1, &statement, NULL), SQLITE_OK);
    int code = sqlite3_step(statement);
    assert_true(code == SQLITE_ROW || code == SQLITE_DONE);
    int64_t number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    return number;
}

/* ---- the world around it ---- */

static int64_t read_clock(void *self)
{
    (void)self;
    return 1000;
}

static void fill(void *self, uint8_t *bytes, size_t size)
{
    (void)self;
    memset(bytes, 7, size);
}

static bool say_free(void *self, const char *path, uint64_t *ret_bytes)
{
    (void)self;
    (void)path;
    *ret_bytes = UINT64_MAX;
    return true;
}

static void receive(void *self, int64_t now_ms, struct received *ret_received)
{
    (void)self;
    (void)now_ms;
    *ret_received = (struct received){.kind = RECEIVED_NOTHING};
}

static enum status send(void *self, unsigned peer, struct view bytes)
{
    static uint8_t memory[BUFFER_BYTES];
    struct arena arena = {.base = memory, .size = sizeof memory};
    struct link_frame frame;
    struct diag diag = {0};
    (void)self;
    (void)peer;
    assert_int_equal(link_frame_decode(bytes, &arena, &frame, &diag), STATUS_OK);
    assert_int_equal(frame.kind, LINK_ACK);
    assert_int_equal(frame.as.ack.position.seq, committed_number("SELECT seq FROM inbox"));
    assert_int_equal(frame.as.ack.received.seq, service.peers[0].inbox.received.seq);
    acks++;
    return STATUS_OK;
}

static enum status answer(void *self, const struct door_route *route, struct view bytes)
{
    (void)self;
    (void)route;
    (void)bytes;
    assert_int_equal(committed_number("SELECT count(*) FROM effect WHERE of_request = 1"), 1);
    answers++;
    return STATUS_OK;
}

/* ---- what it does ---- */

static enum status handle(void *app, struct turn *turn, const struct event_in *event,
                          struct diag *diag)
{
    static const enum status verdicts[] = {
        [GOOD] = STATUS_OK,
        [REJECTED] = STATUS_MALFORMED,
        [LATER] = STATUS_TRY_AGAIN_LATER,
        [FULL] = STATUS_STORE_FULL,
        [EARLY] = STATUS_OK,
    };
    (void)app;
    (void)diag;
    TRY(store_run(turn->store, "INSERT INTO effect (of_request) VALUES (0)"));
    return verdicts[event->header.type];
}

static enum status do_request(void *app, struct turn *turn, struct door_request *request,
                              struct diag *diag)
{
    (void)app;
    (void)request;
    (void)diag;
    return store_run(turn->store, "INSERT INTO effect (of_request) VALUES (1)");
}

static const struct service_input input = {.producer = "a peer", .every = handle};
static const struct service_spec spec = {.name = "under_test", .inputs = &input, .input_count = 1};
static const struct door_entry entry = {.kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_ACT,
                                        .handle = do_request};

static void ask(void)
{
    requests[0] = (struct pending_request){.entry = &entry};
    memset(requests[0].who.curve_public, 'p', CURVE_KEY_SIZE);
    requests[0].request.who = &requests[0].who;
    service.request_count = 1;
}

static void queue_all(const struct turn_case *row)
{
    struct inbox *inbox = &service.peers[0].inbox;
    struct position held = {.seq = APPLIED};
    memset(held.stream_id, 'p', STREAM_ID_SIZE);
    assert_int_equal(inbox_open(inbox), STATUS_OK);
    inbox_load(inbox, &held);
    for (unsigned i = 0; i < QUEUED_MAX && row->queue[i] != NONE; i++) {
        struct queued_entry queued = fixture_entry('p', APPLIED + 1 + i, (uint16_t)row->queue[i]);
        if (row->queue[i] == EARLY)
            queued.header.cause_stream_id[0] = 'q';
        assert_int_equal(inbox_offer(inbox, &held, &queued), STATUS_OK);
    }
}

static void open_service(void)
{
    void *opened = NULL;
    uint8_t stream_id[STREAM_ID_SIZE] = {'s'};
    assert_int_equal(log_fixture_open(&opened), 0);
    fixture = opened;
    assert_int_equal(store_run(&fixture->store, "CREATE TABLE effect (of_request INTEGER) STRICT"),
                     STATUS_OK);
    assert_int_equal(sqlite3_open(fixture->files.path, &other), SQLITE_OK);
    config = (struct config){.store = fixture->files.path,
                             .limits = {.backlog_entries_max = UINT64_MAX}};
    service = (struct service){
        .spec = &spec,
        .config = &config,
        .phase = SERVICE_READY,
        .store = fixture->store, /* the fixture closes all three */
        .delivery = fixture->delivery,
        .log = fixture->log,
        .entries_max = TURN_ENTRIES_MAX,
        .requests = requests,
        .peer_count = 1,
        .peers = {{.name = "a peer", .input = &input, .is_connected = true}},
        .edges = {.clock = {.utc_s = read_clock, .boot_ms = read_clock},
                  .random = {.fill = fill},
                  .free_bytes = say_free},
        .transport = {.receive = receive, .send = send, .answer = answer},
    };
    memset(service.peers[0].public_key, 'p', CURVE_KEY_SIZE);
    assert_int_equal(event_log_begin_stream(&service.log, stream_id), STATUS_OK);
    event_log_committed(&service.log);
    assert_int_equal(arena_open(&service.arena, ARENA_BYTES), STATUS_OK);
}

static void close_service(void)
{
    void *opened = fixture;
    inbox_close(&service.peers[0].inbox);
    arena_close(&service.arena);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(log_fixture_close(&opened), 0);
}

static void check_turn(void **state)
{
    const struct turn_case *row = *state;
    const struct inbox *inbox = &service.peers[0].inbox;
    uint8_t stream_id[STREAM_ID_SIZE];
    unsigned deaths = 0;
    acks = 0;
    answers = 0;
    open_service();
    queue_all(row);
    memset(stream_id, 'p', sizeof stream_id);
    service.has_deaths = row->deaths > 0;
    if (row->deaths > 0)
        assert_int_equal(
            delivery_deaths_put(&service.delivery, stream_id, APPLIED + 1, row->deaths),
            STATUS_OK);
    if (row->is_asked)
        ask();
    assert_int_equal(service_turn(&service), STATUS_OK);
    assert_int_equal(inbox->applied.seq, APPLIED + row->want_applied);
    assert_int_equal(committed_number("SELECT seq FROM inbox"),
                     row->want_applied == 0 ? 0 : APPLIED + row->want_applied);
    assert_int_equal(committed_number("SELECT count(*) FROM effect WHERE of_request = 0"),
                     row->want_effects);
    assert_int_equal(committed_number("SELECT count(*) FROM dead_letter"), row->want_letters);
    assert_int_equal(acks, row->want_acks);
    assert_int_equal(answers, row->want_answers);
    assert_int_equal(delivery_deaths_get(&service.delivery, stream_id, APPLIED + 1, &deaths),
                     STATUS_OK);
    assert_int_equal(deaths, row->want_deaths);
    close_service();
}

int main(void)
{
    TEST_TABLE(turns, cases, check_turn);
    return cmocka_run_group_tests_name("turn", turns, NULL, NULL);
}
