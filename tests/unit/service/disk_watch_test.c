/*
 * What a service does about its disk: a real store and a real reserve, under a disk whose free
 * bytes the test says.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "tests/unit/store/store_fixture.h"

#include <string.h>

#define RESERVE 65536u
#define REFUSE 1000u
#define PLENTY 1000000u
#define BODY_BYTES 200000u

static struct fixture fixture;
static struct service service;
static struct config config;
static uint64_t free_now;
static bool is_told;
static uint8_t body[BODY_BYTES];

static bool say_free(void *self, const char *path, uint64_t *ret_bytes)
{
    (void)self;
    assert_string_equal(path, fixture.path);
    *ret_bytes = free_now;
    return is_told;
}

static int set_up(void **state)
{
    (void)state;
    free_now = PLENTY;
    is_told = true;
    if (!fixture_open(&fixture))
        return -1;
    config = (struct config){
        .store = fixture.path,
        .limits = {.disk_free_bytes_refuse = REFUSE,
                   .reserve_bytes = RESERVE,
                   .backlog_entries_max = 1},
    };
    service = (struct service){
        .config = &config, .edges = {.free_bytes = say_free}, .phase = SERVICE_READY};
    if (fixture_store_open(&fixture, &service.store) != STATUS_OK)
        return -1;
    if (store_checkpoint(&service.store, true) != STATUS_OK)
        return -1;
    return reserve_open(&service.reserve, fixture.path, RESERVE) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(&service.store);
    fixture_close(&fixture);
    return 0;
}

/* Items come and go: their pages are the file's, and empty. */
static void empty_some_pages(void)
{
    for (int64_t id = 1; id < 10; id++)
        assert_int_equal(fixture_put(&service.store, id, view_of(body, sizeof body)), STATUS_OK);
    assert_int_equal(store_run(&service.store, "DELETE FROM item WHERE id < 10"), STATUS_OK);
}

static void ask_room(uint64_t *ret_reusable, uint64_t *ret_owed)
{
    struct store_room room;
    store_ask_room(&service.store, &room);
    *ret_reusable = room.reusable;
    *ret_owed = room.owed;
}

static void test_disk__at_the_first_look__the_reserve_is_taken(void **state)
{
    (void)state;
    disk_look(&service);
    assert_true(service.reserve.is_held);
    assert_int_equal(service.disk.level, DISK_WELL);
    assert_int_equal(service.disk.free_bytes, PLENTY);
}

static void test_disk__no_room_for_the_reserve__is_warned_of(void **state)
{
    (void)state;
    free_now = RESERVE + REFUSE; /* an eighth more is needed, so that work may go on beside it */
    disk_look(&service);
    assert_false(service.reserve.is_held);
    assert_int_equal(service.disk.level, DISK_WARN);
    free_now = RESERVE - 1;
    disk_look(&service);
    assert_int_equal(service.disk.level, DISK_REFUSE);
    free_now = PLENTY;
    disk_look(&service);
    assert_true(service.reserve.is_held);
    assert_int_equal(service.disk.level, DISK_WELL);
}

static void test_disk__full__gives_the_reserve_up_and_takes_it_again_later(void **state)
{
    (void)state;
    disk_look(&service);
    disk_meets_full(&service);
    assert_false(service.reserve.is_held);
    assert_int_equal(fixture_file_size(&fixture, ".reserve"), 0);
    disk_look(&service);
    assert_int_equal(service.disk.level, DISK_REFUSE);
    assert_false(service.reserve.is_held);
    disk_look(&service); /* not at once: what it freed is for draining */
    assert_false(service.reserve.is_held);
    service.now_ms += DISK_FULL_MS;
    disk_look(&service);
    assert_true(service.reserve.is_held);
    assert_int_equal(service.disk.level, DISK_WELL);
}

static void test_disk__full__is_pressed_until_there_is_room(void **state)
{
    (void)state;
    housekeeping_look(&service);
    assert_false(service.is_pressed);
    disk_meets_full(&service);
    housekeeping_look(&service);
    assert_true(service.is_pressed);
    service.now_ms += DISK_FULL_MS;
    free_now = RESERVE;
    housekeeping_look(&service);
    assert_true(service.is_pressed);
    free_now = PLENTY;
    housekeeping_look(&service);
    assert_false(service.is_pressed);
}

static void test_disk__low__counts_the_pages_that_were_emptied(void **state)
{
    (void)state;
    disk_look(&service);
    free_now = REFUSE - 1;
    disk_look(&service);
    assert_int_equal(service.disk.level, DISK_REFUSE);
    empty_some_pages();
    uint64_t reusable = 0;
    uint64_t owed = 0;
    ask_room(&reusable, &owed);
    assert_true(reusable > PLENTY);
    assert_true(owed > PLENTY); /* all of it is in the WAL still, and must fit the disk first */
    disk_look(&service);
    assert_int_equal(service.disk.level, DISK_REFUSE);
    assert_int_equal(store_checkpoint(&service.store, false), STATUS_OK);
    ask_room(&reusable, &owed);
    assert_true(reusable > PLENTY);
    assert_int_equal(owed, 0);
    disk_look(&service);
    assert_int_equal(service.disk.level, DISK_WELL);
}

static void test_disk__that_cannot_be_asked__is_well_until_a_write_says_otherwise(void **state)
{
    (void)state;
    is_told = false;
    disk_look(&service);
    assert_int_equal(service.disk.level, DISK_WELL);
    disk_meets_full(&service);
    disk_look(&service);
    assert_int_equal(service.disk.level, DISK_REFUSE);
}

#define AMPLE (REFUSE + RESERVE + TURN_WRITES_BYTES + 1u)

struct look_case {
    const char *name;
    uint64_t free_first;
    int64_t after_ms; /* the look before */
    bool has_met_full;
    enum disk_level want_level; /* when almost nothing is free then */
};

static const struct look_case look_cases[] = {
    {"ample room, just seen", AMPLE, DISK_LOOK_MS - 1, false, DISK_WELL},
    {"ample room, seen a while ago", AMPLE, DISK_LOOK_MS, false, DISK_REFUSE},
    {"ample room, just seen, and a write met its end", AMPLE, 0, true, DISK_REFUSE},
    {"room that a turn may fill, just seen", AMPLE - 1, 0, false, DISK_REFUSE},
};

static void test_disk__with_ample_room__is_looked_at_again_after_a_while(void **state)
{
    for (size_t i = 0; i < sizeof look_cases / sizeof look_cases[0]; i++) {
        const struct look_case *row = &look_cases[i];
        print_message("  %s\n", row->name);
        assert_int_equal(set_up(state), 0);
        free_now = row->free_first;
        disk_look(&service);
        service.now_ms += row->after_ms;
        free_now = REFUSE - 1;
        if (row->has_met_full)
            disk_meets_full(&service);
        disk_look(&service);
        assert_int_equal(service.disk.level, row->want_level);
        assert_int_equal(tear_down(state), 0);
    }
}

static const struct service_spec spec = {.name = "under_test"};

static void test_disk__full__the_wal_is_given_back(void **state)
{
    (void)state;
    service.spec = &spec;
    disk_look(&service);
    empty_some_pages();
    uint64_t wal = store_wal_bytes(&service.store);
    assert_true(wal > PLENTY);
    (void)housekeeping(&service);
    assert_int_equal(store_wal_bytes(&service.store), wal); /* on a disk that is well it is kept */
    disk_meets_full(&service);
    disk_look(&service);
    (void)housekeeping(&service);
    assert_int_equal(store_wal_bytes(&service.store), 0);
}

static void test_disk__low__a_wal_takes_no_more_than_a_part_of_what_is_free(void **state)
{
    (void)state;
    service.spec = &spec;
    config.limits.disk_free_bytes_warn = 100 * PLENTY;
    free_now = 99 * PLENTY;
    disk_look(&service);
    assert_int_equal(service.disk.level, DISK_WARN);
    empty_some_pages();
    (void)housekeeping(&service);
    assert_true(store_wal_bytes(&service.store) > PLENTY);
    free_now = 2 * PLENTY;
    disk_look(&service);
    (void)housekeeping(&service);
    assert_int_equal(store_wal_bytes(&service.store), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    memset(body, 'x', sizeof body);
    const struct CMUnitTest tests[] = {
        TEST(test_disk__at_the_first_look__the_reserve_is_taken),
        TEST(test_disk__no_room_for_the_reserve__is_warned_of),
        TEST(test_disk__full__gives_the_reserve_up_and_takes_it_again_later),
        TEST(test_disk__full__is_pressed_until_there_is_room),
        TEST(test_disk__low__counts_the_pages_that_were_emptied),
        TEST(test_disk__that_cannot_be_asked__is_well_until_a_write_says_otherwise),
        cmocka_unit_test(test_disk__with_ample_room__is_looked_at_again_after_a_while),
        TEST(test_disk__full__the_wal_is_given_back),
        TEST(test_disk__low__a_wal_takes_no_more_than_a_part_of_what_is_free),
    };
    return cmocka_run_group_tests_name("disk_watch", tests, NULL, NULL);
}
