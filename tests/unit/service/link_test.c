/*
 * What answers are to a start: which it waits for, which end it, which fork it, and what its
 * operator reads meanwhile.
 */
#include "tests/support/test.h"

#include "common/base/bytes.h"
#include "common/service/service_state.h"
#include "tests/unit/delivery/log_fixture.h"

#include <string.h>

#define ARENA_BYTES 65536u
#define OLD_END 5u /* of the stream before the newest one, as it was closed */
#define ACKED 2u   /* of the newest stream, by either destination */
#define END 4u     /* of the newest stream */

#define WAITS "not yet answered this start: "

enum told {
    NOTHING,      /* it doesn't answer */
    AS_ACKED,     /* it holds what it has acknowledged */
    OTHER_STORE,  /* the same, in a store that was emptied or recovered */
    LESS,         /* it holds less than it has acknowledged */
    OTHER_NUMBER, /* it repeats a number of an earlier start */
    MORE,         /* it holds what isn't in our log */
};

enum ahead {
    UNTOLD, /* an older sender's */
    AT_END,
    BEYOND,
    OTHER_DIGEST,
    PAST_CLOSING, /* of the stream before, more than was closed */
    NEWER_STREAM  /* of a stream that our log doesn't have */
};

struct start_case {
    const char *name;
    enum told audit_log;
    enum told other;
    enum ahead received; /* by the other one */
    enum service_phase want;
    const char *want_detail; /* begins so */
};

static struct start_case starts[] = {
    {"a start that nobody has answered names them all", NOTHING, NOTHING, UNTOLD, SERVICE_ASKING,
     WAITS "audit-log, other"},
    {"a start that audit-log alone has answered names who hasn't", AS_ACKED, NOTHING, UNTOLD,
     SERVICE_ASKING, WAITS "other"},
    {"a start that audit-log hasn't answered names it", NOTHING, AS_ACKED, UNTOLD, SERVICE_ASKING,
     WAITS "audit-log"},
    {"a start that every destination has answered is ready", AS_ACKED, AS_ACKED, UNTOLD,
     SERVICE_READY, ""},
    {"an answer to an earlier start's number is none", AS_ACKED, OTHER_NUMBER, UNTOLD,
     SERVICE_ASKING, WAITS "other"},
    {"a destination in another store holds less, and that is an answer", AS_ACKED, OTHER_STORE,
     UNTOLD, SERVICE_READY, ""},
    {"a destination that holds less than it acknowledged has answered", AS_ACKED, LESS, UNTOLD,
     SERVICE_READY, ""},
    {"a destination that holds more is a fork before anything is appended", AS_ACKED, MORE, UNTOLD,
     SERVICE_FORKED, "other holds seq"},
    {"a start that audit-log has forgotten says that audit-log has to be recovered", OTHER_STORE,
     AS_ACKED, UNTOLD, SERVICE_ASKING, "STREAM_FORKED: audit-log has forgotten"},
    {"who is silent comes before audit-log's recovery, which can't be told yet", OTHER_STORE,
     NOTHING, UNTOLD, SERVICE_ASKING, WAITS "other"},
    {"what is received through our end and not applied yet is in our log", AS_ACKED, AS_ACKED,
     AT_END, SERVICE_READY, ""},
    {"what is received beyond our end is a fork, though it isn't applied", AS_ACKED, AS_ACKED,
     BEYOND, SERVICE_FORKED, "other holds seq"},
    {"what is received of another branch is a fork, though it isn't applied", AS_ACKED, AS_ACKED,
     OTHER_DIGEST, SERVICE_FORKED, "other holds seq"},
    {"what is received of a stream that we never had is a fork", AS_ACKED, AS_ACKED, NEWER_STREAM,
     SERVICE_FORKED, "other holds seq"},
    {"who holds less than it acknowledged may have received what isn't in our log", AS_ACKED, LESS,
     BEYOND, SERVICE_FORKED, "other holds seq"},
    {"what is received past a closing that a recovery has set is no fork", AS_ACKED, AS_ACKED,
     PAST_CLOSING, SERVICE_READY, ""},
};

static struct service service;
static struct log_fixture *fixture;

static struct position at(uint8_t stream, uint64_t seq)
{
    struct position position = {.seq = seq};
    uint64_t known = 0;
    uint64_t bytes = 0;
    memset(position.stream_id, stream, STREAM_ID_SIZE);
    if (event_log_locate(&service.log, position.stream_id, seq, &known) != STATUS_OK ||
        event_log_at(&service.log, known, position.digest, &bytes) != STATUS_OK)
        memset(position.digest, 'd', SHA256_SIZE);
    return position;
}

static struct position received_of(enum ahead received)
{
    struct position position = {.seq = 0};
    if (received == AT_END || received == OTHER_DIGEST)
        position = at('n', END);
    if (received == BEYOND)
        position = at('n', END + 1);
    if (received == PAST_CLOSING)
        position = at('o', OLD_END + 3);
    if (received == NEWER_STREAM)
        position = at('x', 1);
    if (received == OTHER_DIGEST)
        position.digest[0] ^= 1;
    return position;
}

static void answer(unsigned peer, enum told told, enum ahead received)
{
    struct received frame = {.kind = RECEIVED_FRAME};
    struct link_ack ack = {.position = at('n', told == MORE ? END + 1 : ACKED),
                           .received = received_of(received),
                           .credit_entries = 1,
                           .credit_bytes = 1,
                           .has_echo = true};
    if (told == NOTHING)
        return;
    if (told == LESS)
        ack.position = at('o', OLD_END);
    memcpy(ack.echo, service.start, sizeof service.start);
    ack.echo[0] ^= told == OTHER_NUMBER;
    bytes_put_u64(ack.echo + sizeof service.start, service.number);
    memset(ack.store_id, told == OTHER_STORE ? 'n' : 'k', sizeof ack.store_id);
    memcpy(frame.key, service.peers[peer].public_key, sizeof frame.key);
    assert_int_equal(link_ack_encode(&ack, &service.arena, &frame.bytes), STATUS_OK);
    link_receive(&service, &frame);
}

static void open_service(void)
{
    static const struct service_output output;
    void *opened = NULL;
    assert_int_equal(log_fixture_open(&opened), 0);
    fixture = opened;
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_stream(fixture, 'o'), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 'o', OLD_END), STATUS_OK);
    assert_int_equal(log_fixture_stream(fixture, 'n'), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 'n', END), STATUS_OK);
    assert_int_equal(log_fixture_commit(fixture), STATUS_OK);
    service = (struct service){
        .store = fixture->store, /* the fixture closes all three */
        .delivery = fixture->delivery,
        .log = fixture->log,
        .start = {1},
        .number = 1,
        .peer_count = 3,
        .peers = {{.name = "audit-log", .public_key = {1}, .output = &output},
                  {.name = "other", .public_key = {2}, .output = &output},
                  {.name = "sends us, and takes nothing", .public_key = {3}}},
    };
    assert_int_equal(arena_open(&service.arena, ARENA_BYTES), STATUS_OK);
    for (unsigned i = 0; i < 2; i++) {
        memset(service.peers[i].cursor.store_id, 'k', STREAM_ID_SIZE);
        window_load(&service.peers[i].window, OLD_END + ACKED, 0);
        window_connect(&service.peers[i].window);
    }
}

static void close_service(void)
{
    void *opened = fixture;
    arena_close(&service.arena);
    assert_int_equal(log_fixture_close(&opened), 0);
}

static void check_start(void **state)
{
    const struct start_case *row = *state;
    open_service();
    asking_settle(&service);
    answer(0, row->audit_log, UNTOLD);
    answer(1, row->other, row->received);
    close_service();
    assert_int_equal(service.phase, row->want);
    assert_memory_equal(service.detail, row->want_detail, strlen(row->want_detail));
    assert_int_equal(service.detail[0] == '\0', row->want_detail[0] == '\0');
    assert_true(service.phase != SERVICE_ASKING || !asking_is_answered(&service) ||
                service.peers[0].window.state == WINDOW_STOPPED);
}

/* What is told of a recovery is asked anew: the cursor is another. */
static void test_reset__of_a_destination__has_the_start_wait_for_it_again(void **state)
{
    (void)state;
    open_service();
    answer(0, OTHER_STORE, UNTOLD);
    answer(1, AS_ACKED, UNTOLD);
    bool was_answered = asking_is_answered(&service);
    assert_int_equal(link_reset(&service, &service.peers[0]), STATUS_OK);
    bool is_answered = asking_is_answered(&service);
    close_service();
    assert_true(was_answered);
    assert_false(is_answered);
}

static void test_settle__of_a_service_without_destinations__is_ready_at_once(void **state)
{
    (void)state;
    service = (struct service){.peer_count = 1, .peers = {{.name = "sends us, takes nothing"}}};
    asking_settle(&service);
    assert_int_equal(service.phase, SERVICE_READY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reset__of_a_destination__has_the_start_wait_for_it_again),
        cmocka_unit_test(test_settle__of_a_service_without_destinations__is_ready_at_once),
    };
    TEST_TABLE(rows, starts, check_start);
    return cmocka_run_group_tests_name("a start's answers", rows, NULL, NULL) +
           cmocka_run_group_tests_name("asking", tests, NULL, NULL);
}
