/*
 * What delivery remembers: it comes back as it was put, and absent things are absent.
 */
#include "tests/support/test.h"

#include "tests/unit/delivery/log_fixture.h"

static void test_cursor__put_and_got__is_the_same_and_absent_is_zero(void **state)
{
    struct log_fixture *fixture = *state;
    struct cursor cursor = {.position = 7, .bytes_through = 70, .store_id = {1, 2, 3}};
    struct cursor got;
    assert_int_equal(delivery_cursor_get(&fixture->delivery, "audit-log", &got), STATUS_OK);
    assert_int_equal(got.position, 0);
    assert_int_equal(delivery_cursor_put(&fixture->delivery, "audit-log", &cursor), STATUS_OK);
    assert_int_equal(delivery_cursor_get(&fixture->delivery, "audit-log", &got), STATUS_OK);
    assert_memory_equal(&got, &cursor, sizeof cursor);
}

static void test_inbox__put_and_got__is_the_same(void **state)
{
    struct log_fixture *fixture = *state;
    struct position position = fixture_position('i', 4, 9);
    struct position got;
    assert_int_equal(delivery_inbox_put(&fixture->delivery, "intake", &position), STATUS_OK);
    assert_int_equal(delivery_inbox_get(&fixture->delivery, "intake", &got), STATUS_OK);
    assert_memory_equal(&got, &position, sizeof position);
    assert_int_equal(delivery_inbox_get(&fixture->delivery, "nobody", &got), STATUS_OK);
    assert_int_equal(got.seq, 0);
}

static void test_starts__an_unclean_one__is_remembered(void **state)
{
    struct log_fixture *fixture = *state;
    const uint8_t first[PROCESS_START_SIZE] = {1};
    const uint8_t second[PROCESS_START_SIZE] = {2};
    bool is_clean = false;
    bool has = true;
    assert_int_equal(delivery_last_was_clean(&fixture->delivery, &is_clean), STATUS_OK);
    assert_true(is_clean);
    assert_int_equal(delivery_start_put(&fixture->delivery, first), STATUS_OK);
    assert_int_equal(delivery_last_was_clean(&fixture->delivery, &is_clean), STATUS_OK);
    assert_false(is_clean);
    assert_int_equal(delivery_start_clean(&fixture->delivery, first), STATUS_OK);
    assert_int_equal(delivery_last_was_clean(&fixture->delivery, &is_clean), STATUS_OK);
    assert_true(is_clean);
    assert_int_equal(delivery_start_has(&fixture->delivery, second, &has), STATUS_OK);
    assert_false(has);
    assert_int_equal(delivery_start_has(&fixture->delivery, first, &has), STATUS_OK);
    assert_true(has);
}

static void test_deaths__counted_and_deleted__begin_at_zero_again(void **state)
{
    struct log_fixture *fixture = *state;
    const uint8_t stream_id[STREAM_ID_SIZE] = {9};
    unsigned deaths = 1;
    assert_int_equal(delivery_deaths_get(&fixture->delivery, stream_id, 5, &deaths), STATUS_OK);
    assert_int_equal(deaths, 0);
    assert_int_equal(delivery_deaths_put(&fixture->delivery, stream_id, 5, 2), STATUS_OK);
    assert_int_equal(delivery_deaths_get(&fixture->delivery, stream_id, 5, &deaths), STATUS_OK);
    assert_int_equal(deaths, 2);
    assert_int_equal(delivery_deaths_delete(&fixture->delivery, stream_id, 5), STATUS_OK);
    assert_int_equal(delivery_deaths_get(&fixture->delivery, stream_id, 5, &deaths), STATUS_OK);
    assert_int_equal(deaths, 0);
}

static void test_letters__put_listed_retried_deleted__are_found_until_then(void **state)
{
    struct log_fixture *fixture = *state;
    struct arena arena;
    struct dead_letter got;
    uint64_t ids[4];
    uint64_t id = 0;
    unsigned count = 0;
    struct queued_entry entry = fixture_entry('l', 3, 9);
    struct dead_letter letter = {.producer = "intake",
                                 .payload = entry.payload,
                                 .why = STATUS_DIED_ALONE,
                                 .at_utc_s = 1234};
    memcpy(letter.header_bytes, entry.header_bytes, HEADER_SIZE);
    assert_int_equal(arena_open(&arena, 65536), STATUS_OK);
    assert_int_equal(delivery_letter_put(&fixture->delivery, &letter), STATUS_OK);
    assert_int_equal(delivery_letter_list(&fixture->delivery, 0, 4, ids, &count), STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(delivery_letter_find(&fixture->delivery, entry.through.stream_id, 3, &id),
                     STATUS_OK);
    assert_int_equal(id, ids[0]);
    assert_int_equal(delivery_letter_get(&fixture->delivery, id, &arena, &got), STATUS_OK);
    assert_int_equal(got.why, STATUS_DIED_ALONE);
    assert_string_equal(got.producer, "intake");
    assert_memory_equal(got.payload.bytes, entry.payload.bytes, entry.payload.size);
    assert_int_equal(delivery_letter_retrying(&fixture->delivery, &id), STATUS_OK);
    assert_int_equal(id, 0);
    assert_int_equal(delivery_letter_state(&fixture->delivery, ids[0], true, letter.why),
                     STATUS_OK);
    assert_int_equal(delivery_letter_retrying(&fixture->delivery, &id), STATUS_OK);
    assert_int_equal(id, ids[0]);
    assert_int_equal(delivery_letter_delete(&fixture->delivery, id), STATUS_OK);
    assert_int_equal(delivery_letter_get(&fixture->delivery, id, &arena, &got), STATUS_NOT_FOUND);
    arena_close(&arena);
}

static void test_acts__answered_once__give_the_stored_answer(void **state)
{
    struct log_fixture *fixture = *state;
    struct arena arena;
    struct view answer = {0};
    const uint8_t signature[SIGNATURE_SIZE] = {7};
    assert_int_equal(arena_open(&arena, 4096), STATUS_OK);
    assert_int_equal(delivery_act_get(&fixture->delivery, signature, &arena, &answer),
                     STATUS_NOT_FOUND);
    assert_int_equal(delivery_act_put(&fixture->delivery, signature, view_of_text("done")),
                     STATUS_OK);
    assert_int_equal(delivery_act_get(&fixture->delivery, signature, &arena, &answer), STATUS_OK);
    assert_true(view_equals(answer, view_of_text("done")));
    arena_close(&arena);
}

#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, log_fixture_open, log_fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LOG(test_cursor__put_and_got__is_the_same_and_absent_is_zero),
        WITH_LOG(test_inbox__put_and_got__is_the_same),
        WITH_LOG(test_starts__an_unclean_one__is_remembered),
        WITH_LOG(test_deaths__counted_and_deleted__begin_at_zero_again),
        WITH_LOG(test_letters__put_listed_retried_deleted__are_found_until_then),
        WITH_LOG(test_acts__answered_once__give_the_stored_answer),
    };
    return cmocka_run_group_tests_name("delivery store", tests, NULL, NULL);
}
