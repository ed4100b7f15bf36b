/*
 * Keys that requests at the door want: asked for once, kept for a short time, wiped. A service is
 * faked by the fields that are read; the answer is intake's, encoded.
 */
#include "tests/support/test.h"

#include "common/service/door_wire.h"
#include "common/service/service_state.h"
#include "common/wire/unpack.h"
#include "netra/v1/service_to_intake.pb-c.h"

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

static void test_wanted_key__intake_lost__is_asked_for_again(void **state)
{
    uint8_t key[CASE_KEY_SIZE];
    (void)state;
    assert_int_equal(want(handle_a, key), STATUS_KEY_NOT_AT_HAND);
    mark_asked();
    case_keys_lost(&service);
    bool is_missing = false;
    for (unsigned i = 0; i < WANTED_KEYS_MAX; i++)
        is_missing = is_missing || (service.wanted_keys[i].is_used &&
                                    service.wanted_keys[i].state == ENTRY_KEY_MISSING);
    assert_true(is_missing);
}

static void test_wanted_key__its_time_over__is_wiped(void **state)
{
    static const struct wanted_key empty;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_wanted_key__not_here__is_asked_for_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_wanted_key__answered__is_here_and_the_other_erased,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wanted_key__intake_lost__is_asked_for_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_wanted_key__its_time_over__is_wiped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_wanted_key__no_place_left__comes_again, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("case_keys", tests, NULL, NULL);
}
