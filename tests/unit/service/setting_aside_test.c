/*
 * Suspects and dead letters: what is tried alone after a death, whose death counts, what is kept
 * of an entry that is set aside, and what keeps it from being tried again. A service is faked by
 * the fields that this takes; the rest lies in a real store.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "tests/unit/delivery/log_fixture.h"

#define ARENA_BYTES 1048576u
#define TYPE 40u
#define SEQ 7u

static struct service service;
static struct log_fixture *fixture;

static int64_t read_clock(void *self)
{
    (void)self;
    return 0;
}

static void fill(void *self, uint8_t *bytes, size_t size)
{
    (void)self;
    memset(bytes, 7, size);
}

static const struct service_spec spec = {.name = "under_test"};
static const struct service_spec spec_of_all = {.name = "under_test", .never_sets_aside = true};
static const struct service_input input = {.producer = "a peer"};

static int set_up(void **state)
{
    void *opened = NULL;
    uint8_t stream_id[STREAM_ID_SIZE] = {'s'};
    (void)state;
    if (log_fixture_open(&opened) != 0)
        return -1;
    fixture = opened;
    service = (struct service){
        .spec = &spec,
        .phase = SERVICE_READY,
        .store = fixture->store, /* the fixture closes all three */
        .delivery = fixture->delivery,
        .log = fixture->log,
        .peer_count = 2,
        .peers = {{.name = "a peer", .input = &input}, {.name = "no input"}},
        .edges = {.clock = {.utc_s = read_clock, .boot_ms = read_clock}, .random = {.fill = fill}},
    };
    if (event_log_begin_stream(&service.log, stream_id) != STATUS_OK)
        return -1;
    event_log_committed(&service.log);
    return arena_open(&service.arena, ARENA_BYTES) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    void *opened = fixture;
    (void)state;
    arena_close(&service.arena);
    return log_fixture_close(&opened);
}

/* ---- what a start suspects ---- */

struct start_case {
    const char *name;
    bool was_started; /* before this start */
    bool was_clean;   /* the stop of that one */
    bool is_for_all;  /* the service never sets anything aside */
    unsigned want;
};

static struct start_case starts[] = {
    {.name = "a first start suspects nothing"},
    {.name = "after a clean stop nothing is suspected", .was_started = true, .was_clean = true},
    {.name = "after a death all that a transaction may have held is suspected",
     .was_started = true,
     .want = TURN_ENTRIES_MAX},
    {.name = "who never sets aside suspects nothing", .was_started = true, .is_for_all = true},
};

static void check_start(void **state)
{
    const struct start_case *row = *state;
    uint8_t start[PROCESS_START_SIZE] = {1};
    assert_int_equal(set_up(NULL), 0);
    if (row->was_started)
        assert_int_equal(delivery_start_put(&service.delivery, start), STATUS_OK);
    if (row->was_clean)
        assert_int_equal(delivery_start_clean(&service.delivery, start), STATUS_OK);
    if (row->is_for_all)
        service.spec = &spec_of_all;
    assert_int_equal(suspects_load(&service), STATUS_OK);
    assert_int_equal(service.peers[0].suspects_left, row->want);
    assert_int_equal(service.peers[1].suspects_left, 0);
    assert_int_equal(tear_down(NULL), 0);
}

/* ---- whose death counts ---- */

struct death_case {
    const char *name;
    unsigned deaths; /* processes that died while the entry was applied alone */
    unsigned tries;  /* of each process: a RETRY has it tried again */
    enum status want;
    unsigned want_deaths; /* on record when the last process has it counted */
};

static struct death_case deaths[] = {
    {.name = "a suspect is counted before it is tried", .tries = 1, .want_deaths = 1},
    {.name = "trying it again in the same process counts nothing", .tries = 9, .want_deaths = 1},
    {.name = "what killed two is tried once more", .deaths = 2, .tries = 1, .want_deaths = 3},
    {.name = "what killed three is tried no more",
     .deaths = DEATHS_MAX,
     .tries = 1,
     .want = STATUS_DIED_ALONE,
     .want_deaths = DEATHS_MAX},
};

static void check_deaths(void **state)
{
    const struct death_case *row = *state;
    struct queued_entry entry;
    unsigned found = 0;
    assert_int_equal(set_up(NULL), 0);
    for (unsigned process = 0; process <= row->deaths; process++) {
        entry = fixture_entry('p', SEQ, TYPE);
        for (unsigned try = 0; try < row->tries; try++)
            assert_int_equal(suspect_count(&service, &entry), STATUS_OK);
        assert_int_equal(entry.condemned, process < row->deaths ? STATUS_OK : row->want);
    }
    assert_int_equal(delivery_deaths_get(&service.delivery, entry.through.stream_id, SEQ, &found),
                     STATUS_OK);
    assert_int_equal(found, row->want_deaths);
    assert_int_equal(tear_down(NULL), 0);
}

/* A case that was counted to be leased alone, and was decided: applying it is the same try. */
static void test_count__counted_by_the_app__is_counted_once(void **state)
{
    struct inbox *inbox = &service.peers[0].inbox;
    struct queued_entry entry = fixture_entry('p', SEQ, TYPE);
    unsigned found = 0;
    (void)state;
    assert_int_equal(inbox_open(inbox), STATUS_OK);
    assert_non_null(entry_queue_push(&inbox->queue, &entry));
    assert_int_equal(service_count_death(&service, entry.through.stream_id, SEQ, &found),
                     STATUS_OK);
    assert_int_equal(suspect_count(&service, entry_queue_at(&inbox->queue, 0)), STATUS_OK);
    assert_int_equal(delivery_deaths_get(&service.delivery, entry.through.stream_id, SEQ, &found),
                     STATUS_OK);
    assert_int_equal(found, 1);
    inbox_close(inbox);
}

/* ---- what is kept ---- */

static void test_set_aside__an_entry__is_kept_whole_and_said(void **state)
{
    struct queued_entry entry = fixture_entry('p', SEQ, TYPE);
    struct turn turn = service_turn_of(&service);
    struct dead_letter letter;
    struct event_in event;
    struct diag diag = {0};
    uint64_t id = 0;
    unsigned found = 0;
    (void)state;
    assert_int_equal(suspect_count(&service, &entry), STATUS_OK);
    event_in_of(&service.peers[0], &entry, &event);
    assert_int_equal(set_aside(&service, &turn, &event, STATUS_DIED_ALONE, &diag), STATUS_OK);
    assert_int_equal(delivery_letter_find(&service.delivery, entry.through.stream_id, SEQ, &id),
                     STATUS_OK);
    assert_int_equal(delivery_letter_get(&service.delivery, id, &service.arena, &letter),
                     STATUS_OK);
    assert_string_equal(letter.producer, "a peer");
    assert_memory_equal(letter.header_bytes, entry.header_bytes, HEADER_SIZE);
    assert_int_equal(letter.payload.size, entry.payload.size);
    assert_memory_equal(letter.payload.bytes, entry.payload.bytes, entry.payload.size);
    assert_int_equal(letter.why, STATUS_DIED_ALONE);
    assert_int_equal(event_log_end(&service.log).seq, 1);
    assert_int_equal(delivery_deaths_get(&service.delivery, entry.through.stream_id, SEQ, &found),
                     STATUS_OK);
    assert_int_equal(found, 0);
}

/* ---- trying it again ---- */

struct redrive_case {
    const char *name;
    int64_t retry_at_ms;
    enum disk_level disk;
    bool is_unreadable; /* the store, for a moment */
};

static struct redrive_case redrives[] = {
    {.name = "no transaction may begin yet", .retry_at_ms = 1},
    {.name = "the disk refuses", .disk = DISK_REFUSE},
    {.name = "the letter can't be read now", .is_unreadable = true},
};

static int interrupt(void *self)
{
    (void)self;
    return 1;
}

static bool has_letters(void)
{
    uint64_t id = 0;
    assert_int_equal(delivery_letter_retrying(&service.delivery, &id), STATUS_OK);
    return id != 0;
}

/* Whatever is in its way, it is tried again once that is gone. */
static void check_redrive(void **state)
{
    const struct redrive_case *row = *state;
    struct queued_entry entry = fixture_entry('p', SEQ, TYPE);
    struct turn turn = service_turn_of(&service);
    struct event_in event;
    struct diag diag = {0};
    uint64_t id = 0;
    assert_int_equal(set_up(NULL), 0);
    event_in_of(&service.peers[0], &entry, &event);
    assert_int_equal(set_aside(&service, &turn, &event, STATUS_DIED_ALONE, &diag), STATUS_OK);
    assert_int_equal(delivery_letter_find(&service.delivery, entry.through.stream_id, SEQ, &id),
                     STATUS_OK);
    assert_int_equal(delivery_letter_state(&service.delivery, id, true, STATUS_DIED_ALONE),
                     STATUS_OK);
    service.redrive.is_due = true;
    service.retry_at_ms = row->retry_at_ms;
    service.disk.level = row->disk;
    if (row->is_unreadable)
        sqlite3_progress_handler(service.store.database, 1, interrupt, NULL);
    redrive_work(&service);
    sqlite3_progress_handler(service.store.database, 0, NULL, NULL);
    assert_true(has_letters());
    assert_int_equal(service.retry_at_ms > service.now_ms, row->disk == DISK_WELL);
    service.disk.level = DISK_WELL;
    service.now_ms = service.retry_at_ms;
    redrive_work(&service);
    assert_false(has_letters());
    assert_int_equal(tear_down(NULL), 0);
}

int main(void)
{
    TEST_TABLE(redrive_tests, redrives, check_redrive);
    TEST_TABLE(start_tests, starts, check_start);
    TEST_TABLE(death_tests, deaths, check_deaths);
    const struct CMUnitTest singles[] = {
        cmocka_unit_test_setup_teardown(test_count__counted_by_the_app__is_counted_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_set_aside__an_entry__is_kept_whole_and_said, set_up,
                                        tear_down),
    };
    int failed = cmocka_run_group_tests_name("suspects", start_tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("deaths", death_tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("trying again", redrive_tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("setting aside", singles, NULL, NULL);
}
