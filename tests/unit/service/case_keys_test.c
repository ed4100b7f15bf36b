/*
 * Keys that requests at the door want: asked for once, kept for a short time, wiped. And those
 * that come with gap markers: nobody asks for them. A service is faked by the fields that are
 * read; the answer is intake's, encoded.
 */
#include "tests/support/test.h"

#include "common/service/door_wire.h"
#include "common/service/service_state.h"
#include "common/wire/unpack.h"
#include "netra/v1/service_to_intake.pb-c.h"
#include "tests/unit/delivery/stream_fixture.h"

#include <string.h>

#define ARENA_BYTES 65536u

static struct service service;
static const uint8_t handle_a[CASE_HANDLE_SIZE] = {1};
static const uint8_t handle_b[CASE_HANDLE_SIZE] = {2};

static int set_up(void **state)
{
    (void)state;
    service = (struct service){.phase = SERVICE_READY, .key_request = {.request_id = 7}};
    return arena_open(&service.arena, ARENA_BYTES) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&service.arena);
    return 0;
}

static enum status want(const uint8_t *handle, uint8_t *key)
{
    struct turn turn = {.service = &service, .now_boot_ms = service.now_ms};
    return turn_case_key(&turn, handle, key);
}

/* What asking does to every key that is missing, without a transport. */
static void mark_asked(void)
{
    for (unsigned i = 0; i < WANTED_KEYS_MAX; i++)
        if (service.wanted_keys[i].is_used)
            service.wanted_keys[i].state = ENTRY_KEY_ASKED;
}

static void answer_with(const uint8_t *handle)
{
    uint8_t key[CASE_KEY_SIZE];
    struct view body;
    struct view frame;
    Netra__V1__CaseKey given;
    Netra__V1__CaseKey *list = &given;
    Netra__V1__CaseKeys message;
    memset(key, 'k', sizeof key);
    netra__v1__case_key__init(&given);
    netra__v1__case_keys__init(&message);
    given.case_handle = wire_bytes(view_of(handle, CASE_HANDLE_SIZE));
    given.key = wire_bytes(view_of(key, sizeof key));
    message.n_keys = 1;
    message.keys = &list;
    assert_int_equal(wire_pack(&message.base, &service.arena, &body), STATUS_OK);
    struct door_answer_parts parts = {.request_id = 7, .detail = "", .body = body};
    assert_int_equal(door_answer_encode(&parts, &service.arena, &frame), STATUS_OK);
    struct received received = {.kind = RECEIVED_ANSWER, .bytes = frame};
    case_keys_answered(&service, &received);
}

static void test_wanted_key__not_here__is_asked_for_once(void **state)
{
    uint8_t key[CASE_KEY_SIZE];
    (void)state;
    assert_int_equal(want(handle_a, key), STATUS_KEY_NOT_AT_HAND);
    assert_int_equal(want(handle_a, key), STATUS_KEY_NOT_AT_HAND);
    unsigned used = 0;
    for (unsigned i = 0; i < WANTED_KEYS_MAX; i++)
        used += service.wanted_keys[i].is_used ? 1 : 0;
    assert_int_equal(used, 1);
}

static void test_wanted_key__answered__is_here_and_the_other_erased(void **state)
{
    uint8_t key[CASE_KEY_SIZE] = {0};
    (void)state;
    assert_int_equal(want(handle_a, key), STATUS_KEY_NOT_AT_HAND);
    assert_int_equal(want(handle_b, key), STATUS_KEY_NOT_AT_HAND);
    mark_asked();
    answer_with(handle_a);
    assert_int_equal(want(handle_a, key), STATUS_OK);
    assert_int_equal(key[0], 'k');
    assert_int_equal(want(handle_b, key), STATUS_NOT_FOUND);
}

static unsigned count_missing(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < WANTED_KEYS_MAX; i++)
        count +=
            service.wanted_keys[i].is_used && service.wanted_keys[i].state == ENTRY_KEY_MISSING;
    return count;
}

static void test_wanted_key__who_was_asked_is_lost__is_asked_for_again(void **state)
{
    uint8_t key[CASE_KEY_SIZE];
    (void)state;
    service.peers[0].name = "audit-log";
    service.peers[1].name = "intake";
    service.peer_count = 2;
    assert_int_equal(want(handle_a, key), STATUS_KEY_NOT_AT_HAND);
    mark_asked();
    case_keys_not_answered(&service, &service.peers[0]);
    assert_int_equal(count_missing(), 0);
    case_keys_not_answered(&service, &service.peers[1]);
    assert_int_equal(count_missing(), 1);
}

static void test_wanted_key__its_time_over__is_wiped(void **state)
{
    static const struct resting_key empty;
    uint8_t key[CASE_KEY_SIZE];
    (void)state;
    assert_int_equal(want(handle_a, key), STATUS_KEY_NOT_AT_HAND);
    mark_asked();
    answer_with(handle_a);
    service.now_ms = CASE_KEY_REST_MS - 1;
    case_keys_ask(&service);
    assert_int_equal(want(handle_a, key), STATUS_OK);
    service.now_ms = CASE_KEY_REST_MS;
    case_keys_ask(&service);
    for (unsigned i = 0; i < WANTED_KEYS_MAX; i++)
        assert_memory_equal(&service.wanted_keys[i], &empty, sizeof empty);
    assert_int_equal(want(handle_a, key), STATUS_KEY_NOT_AT_HAND);
}

static void test_wanted_key__no_place_left__comes_again(void **state)
{
    uint8_t handle[CASE_HANDLE_SIZE] = {0};
    uint8_t key[CASE_KEY_SIZE];
    (void)state;
    for (unsigned i = 0; i <= WANTED_KEYS_MAX; i++) {
        handle[0] = (uint8_t)(i + 1);
        assert_int_equal(want(handle, key), STATUS_KEY_NOT_AT_HAND);
    }
    for (unsigned i = 0; i < WANTED_KEYS_MAX; i++)
        assert_int_equal(service.wanted_keys[i].case_handle[0] <= WANTED_KEYS_MAX, true);
}

/* ---- keys that come with gap markers ---- */

static unsigned asked;

static void fill_same(void *self, uint8_t *bytes, size_t size)
{
    (void)self;
    memset(bytes, 1, size);
}

static enum status note_asked(void *self, unsigned peer, struct view bytes)
{
    (void)self;
    (void)peer;
    (void)bytes;
    asked++;
    return STATUS_OK;
}

static void add_peer(unsigned index, const char *name)
{
    static const struct service_input input = {.producer = "in a test"};
    struct peer *peer = &service.peers[index];
    const struct position first = fixture_position('w', 1, 9);
    *peer = (struct peer){.name = name, .input = &input, .is_client_up = true};
    peer->public_key[0] = (uint8_t)index;
    assert_int_equal(inbox_open(&peer->inbox), STATUS_OK);
    inbox_load(&peer->inbox, &first);
}

/* A gap marker after the first event, with a key, comes from the peer with that name. */
static void tell_from(const char *name, const uint8_t *handle)
{
    uint8_t key[CASE_KEY_SIZE];
    const struct position before = fixture_position('w', 1, 9);
    const struct position end = fixture_position('w', 2, 9);
    const struct event_log_row row = {.digest = end.digest};
    struct link_builder builder;
    struct received frame = {.kind = RECEIVED_FRAME};
    memset(key, 'g', sizeof key);
    asked = 0;
    service.key_request.request_id = 0;
    service.transport.ask = note_asked;
    service.edges.random.fill = fill_same;
    service.peer_count = 2;
    add_peer(0, "classification");
    add_peer(1, "intake");
    assert_int_equal(link_builder_open(&builder, &service.arena, &before), STATUS_OK);
    assert_int_equal(link_builder_gap(&builder, &row, 2), STATUS_OK);
    assert_int_equal(link_builder_gap_key(&builder, handle, key), STATUS_OK);
    frame.bytes = link_builder_encode(&builder);
    struct peer *peer = link_peer_named(&service, name);
    memcpy(frame.key, peer->public_key, sizeof frame.key);
    link_receive(&service, &frame);
    assert_int_equal(peer->inbox.queue.count, 1);
    assert_true(
        view_is_zero(view_of(entry_queue_at(&peer->inbox.queue, 0)->case_key, CASE_KEY_SIZE)));
    inbox_close(&service.peers[0].inbox);
    inbox_close(&service.peers[1].inbox);
    service.peers[0].input = NULL;
    service.peers[1].input = NULL;
}

struct gap_key_case {
    const char *name;
    const char *teller;
    bool is_wanted_before; /* a request wanted it before it was told */
    bool is_asking;        /* another request to intake is under way */
    bool is_client_up;     /* intake can be asked */
    enum status want_status;
    unsigned want_asked;
};

static const struct gap_key_case gap_key_cases[] = {
    {"told by intake", "intake", false, false, true, STATUS_OK, 0},
    {"told by another", "classification", false, false, true, STATUS_KEY_NOT_AT_HAND, 1},
    {"told after it was wanted", "intake", true, false, true, STATUS_OK, 0},
    {"told while others are asked for", "intake", true, true, true, STATUS_OK, 0},
    {"told while intake can't be asked", "intake", true, false, false, STATUS_OK, 0},
};

static void test_gap_key__is_here_without_asking(void **state)
{
    for (size_t i = 0; i < sizeof gap_key_cases / sizeof gap_key_cases[0]; i++) {
        const struct gap_key_case *row = &gap_key_cases[i];
        uint8_t key[CASE_KEY_SIZE] = {0};
        print_message("  %s\n", row->name);
        assert_int_equal(set_up(state), 0);
        if (row->is_wanted_before)
            assert_int_equal(want(handle_a, key), STATUS_KEY_NOT_AT_HAND);
        tell_from(row->teller, handle_a);
        service.key_request.request_id = row->is_asking ? 7 : 0;
        service.key_request.deadline_ms = 1;
        service.peers[1].is_client_up = row->is_client_up;
        enum status status = want(handle_a, key);
        case_keys_ask(&service);
        assert_int_equal(status, row->want_status);
        assert_int_equal(want(handle_a, key), row->want_status);
        assert_int_equal(key[CASE_KEY_SIZE - 1], row->want_status == STATUS_OK ? 'g' : 0);
        assert_int_equal(asked, row->want_asked);
        if (row->is_wanted_before)
            assert_int_equal(service.wanted_keys[WANTED_KEYS_MAX - 1].state, ENTRY_KEY_HERE);
        assert_int_equal(tear_down(state), 0);
    }
}

static void test_gap_key__its_time_over__is_wiped(void **state)
{
    static const struct resting_key empty;
    (void)state;
    tell_from("intake", handle_a);
    service.now_ms = CASE_KEY_REST_MS - 1;
    case_keys_ask(&service);
    assert_true(service.gap_keys[0].is_used);
    service.now_ms = CASE_KEY_REST_MS;
    case_keys_ask(&service);
    assert_memory_equal(&service.gap_keys[0], &empty, sizeof empty);
}

static void test_gap_key__one_more_than_there_are_places__takes_the_oldest_place(void **state)
{
    uint8_t handle[CASE_HANDLE_SIZE] = {0};
    (void)state;
    for (unsigned i = 0; i <= GAP_KEYS_MAX; i++) {
        handle[0] = (uint8_t)(i + 1);
        tell_from("intake", handle);
    }
    assert_int_equal(service.gap_keys[0].case_handle[0], GAP_KEYS_MAX + 1);
    assert_int_equal(service.gap_keys[1].case_handle[0], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_wanted_key__not_here__is_asked_for_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_wanted_key__answered__is_here_and_the_other_erased,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wanted_key__who_was_asked_is_lost__is_asked_for_again,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wanted_key__its_time_over__is_wiped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_wanted_key__no_place_left__comes_again, set_up,
                                        tear_down),
        cmocka_unit_test(test_gap_key__is_here_without_asking),
        cmocka_unit_test_setup_teardown(test_gap_key__its_time_over__is_wiped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_gap_key__one_more_than_there_are_places__takes_the_oldest_place, set_up,
            tear_down),
    };
    return cmocka_run_group_tests_name("case_keys", tests, NULL, NULL);
}
