/*
 * The writes of a WAL as they reach the system: gathered, in order, all of them before the sync.
 */
#include "tests/support/test.h"

#include "common/store/store.h"
#include "tests/unit/store/store_fixture.h"

#include <dirent.h>
#include <string.h>

#define CALLS_MAX 100u
#define BODY_BYTES 12000u
#define CACHE_PAGES "10"

/* SQLite's default VFS with a look at what the WAL's file is asked. */
struct recorder {
    sqlite3_vfs vfs;
    sqlite3_vfs *below;
    sqlite3_io_methods methods;
    const sqlite3_io_methods *wal;
    sqlite3_io_methods database_methods;
    const sqlite3_io_methods *database;
    char calls[CALLS_MAX + 1]; /* w: a write, s: a sync */
    size_t count;
    int largest; /* of the writes, in bytes */
    int failure; /* what every write ends with; SQLITE_OK: none fails */
    int sync_failure;
    int database_sync_failure;
};

struct context {
    struct fixture fixture;
    struct store store;
};

static struct recorder recorder;

static void record(char call)
{
    if (recorder.count < CALLS_MAX)
        recorder.calls[recorder.count++] = call;
}

static int recorded_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset)
{
    record('w');
    if (size > recorder.largest)
        recorder.largest = size;
    return recorder.failure != SQLITE_OK ? recorder.failure
                                         : recorder.wal->xWrite(file, from, size, offset);
}

static int recorded_sync(sqlite3_file *file, int flags)
{
    record('s');
    return recorder.sync_failure != SQLITE_OK ? recorder.sync_failure
                                              : recorder.wal->xSync(file, flags);
}

static int recorded_database_sync(sqlite3_file *file, int flags)
{
    return recorder.database_sync_failure != SQLITE_OK ? recorder.database_sync_failure
                                                       : recorder.database->xSync(file, flags);
}

static int recorded_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                         int *ret_flags)
{
    (void)vfs;
    int code = recorder.below->xOpen(recorder.below, path, file, flags, ret_flags);
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
        recorder.database = file->pMethods;
        recorder.database_methods = *file->pMethods;
        recorder.database_methods.xSync = recorded_database_sync;
        file->pMethods = &recorder.database_methods;
    }
    if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0)
        return code;
    recorder.wal = file->pMethods;
    recorder.methods = *file->pMethods;
    recorder.methods.xWrite = recorded_write;
    recorder.methods.xSync = recorded_sync;
    file->pMethods = &recorder.methods;
    return SQLITE_OK;
}

/* Forgets what was asked so far. */
static void record_anew(void)
{
    memset(recorder.calls, 0, sizeof recorder.calls);
    recorder.count = 0;
    recorder.largest = 0;
    recorder.failure = SQLITE_OK;
    recorder.sync_failure = SQLITE_OK;
    recorder.database_sync_failure = SQLITE_OK;
}

static int set_up(void **state)
{
    static struct context context;
    *state = &context;
    (void)sqlite3_vfs_unregister(&recorder.vfs); /* of a row that failed half way */
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);
    recorder = (struct recorder){.vfs = *below, .below = below};
    recorder.vfs.zName = "recorder";
    recorder.vfs.xOpen = recorded_open;
    if (!fixture_open(&context.fixture) || sqlite3_vfs_register(&recorder.vfs, 1) != SQLITE_OK ||
        fixture_store_open(&context.fixture, &context.store) != STATUS_OK)
        return -1;
    /* The first transaction begins the WAL. */
    enum status status = fixture_put(&context.store, 0, view_of_text("first"));
    record_anew();
    return status == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct context *context = *state;
    recorder.failure = SQLITE_OK;
    store_close(&context->store);
    (void)sqlite3_vfs_unregister(&recorder.vfs);
    (void)sqlite3_vfs_register(recorder.below, 1);
    fixture_close(&context->fixture);
    return 0;
}

/* Puts items with bodies of most of a page each; the last failure. */
static enum status put_large(struct store *store, int64_t first, int64_t count)
{
    static uint8_t body[BODY_BYTES];
    enum status status = STATUS_OK;
    for (int64_t id = first; id < first + count && status == STATUS_OK; id++) {
        memset(body, (int)(id & 0xff), sizeof body);
        status = fixture_put(store, id, view_of(body, sizeof body));
    }
    return status;
}

static enum status put_in_one(struct store *store, int64_t first, int64_t count)
{
    TRY(store_begin(store));
    TRY(put_large(store, first, count));
    return store_commit(store);
}

/* Closes and opens again: what is read then was in the file. */
static void open_again(struct context *context)
{
    store_close(&context->store);
    assert_int_equal(fixture_store_open(&context->fixture, &context->store), STATUS_OK);
}

static void test_commit__several_pages__are_one_write_before_the_sync(void **state)
{
    struct context *context = *state;
    assert_int_equal(put_in_one(&context->store, 1, 2), STATUS_OK);
    assert_true(recorder.largest > 3 * (int)STORE_PAGE_BYTES);
    assert_string_equal(recorder.calls, "ws");
    open_again(context);
    assert_int_equal(fixture_count(&context->store), 3);
}

static void test_commit__more_than_is_held_back__is_all_there(void **state)
{
    struct context *context = *state;
    assert_int_equal(put_in_one(&context->store, 1, 40), STATUS_OK);
    assert_true(recorder.largest <= STORE_GATHER_BYTES);
    assert_string_equal(recorder.calls + recorder.count - 2, "ws");
    assert_ptr_equal(strchr(recorder.calls, 's'), recorder.calls + recorder.count - 1);
    open_again(context);
    assert_int_equal(fixture_count(&context->store), 41);
}

struct failure_case {
    const char *name;
    int failure;
    enum status want;
};

static struct failure_case failure_cases[] = {
    {"a gathered write that fails is the commit's failure, and the next commit is good",
     SQLITE_IOERR_WRITE, STATUS_STORE_IO},
    {"a gathered write that finds the disk full is a full store, and the next commit is good",
     SQLITE_FULL, STATUS_STORE_FULL},
};

static void check_failure(void **state)
{
    const struct failure_case *row = *state;
    void *fixture = NULL;
    assert_int_equal(set_up(&fixture), 0);
    struct context *context = fixture;
    recorder.failure = row->failure;
    assert_int_equal(put_in_one(&context->store, 1, 2), row->want);
    assert_string_equal(recorder.calls, "w"); /* nobody tried again what was rolled back */
    /* What was committed before is read and checkpointed, though nothing can be written. */
    assert_int_equal(store_checkpoint(&context->store, false), STATUS_OK);
    assert_int_equal(fixture_count(&context->store), 1);
    assert_int_equal(put_in_one(&context->store, 1, 2), row->want);
    recorder.failure = SQLITE_OK;
    assert_int_equal(put_in_one(&context->store, 5, 1), STATUS_OK);
    open_again(context);
    assert_int_equal(fixture_count(&context->store), 2);
    (void)tear_down(&fixture);
}

/* A store of which a sync has just failed. */
static void check_nothing_more(struct context *context)
{
    record_anew();
    assert_int_equal(store_begin(&context->store), STATUS_STORE_SYNC_FAILED);
    assert_int_equal(store_checkpoint(&context->store, true), STATUS_STORE_SYNC_FAILED);
    assert_string_equal(recorder.calls, "");
    open_again(context);
    /* What was written before the sync may be there, or not. */
    assert_int_equal(put_in_one(&context->store, 5, 1), STATUS_OK);
}

static void test_sync__failed_in_a_commit__is_the_last_of_this_process(void **state)
{
    struct context *context = *state;
    recorder.sync_failure = SQLITE_IOERR_FSYNC;
    assert_int_equal(put_in_one(&context->store, 1, 2), STATUS_STORE_SYNC_FAILED);
    check_nothing_more(context);
}

static void test_sync__failed_in_a_checkpoint__is_the_last_of_this_process(void **state)
{
    struct context *context = *state;
    assert_int_equal(put_in_one(&context->store, 1, 2), STATUS_OK);
    recorder.database_sync_failure = SQLITE_IOERR_FSYNC;
    assert_int_equal(store_checkpoint(&context->store, false), STATUS_STORE_SYNC_FAILED);
    check_nothing_more(context);
}

static void test_transaction__larger_than_the_cache__reads_what_it_wrote(void **state)
{
    struct context *context = *state;
    struct store *store = &context->store;
    char found[32];
    assert_int_equal(
        sqlite3_exec(store->database, "PRAGMA cache_size=" CACHE_PAGES, NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(store_begin(store), STATUS_OK);
    assert_int_equal(put_large(store, 1, 40), STATUS_OK);
    assert_true(fixture_ask(store, "SELECT sum(length(body)) FROM item", found, sizeof found));
    assert_string_equal(found, "480005");
    assert_true(recorder.count > 0); /* some of it had to leave before the commit */
    store_rollback(store);
    assert_int_equal(fixture_count(store), 1);
    assert_int_equal(put_in_one(store, 1, 3), STATUS_OK);
    open_again(context);
    assert_int_equal(fixture_count(store), 4);
}

/* How many descriptors this process has open. */
static unsigned descriptors(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    return count;
}

static void test_store__closed_or_refused__leaves_no_descriptor(void **state)
{
    struct context *context = *state;
    struct store_spec other = fixture_spec();
    struct store refused;
    other.application_id++;
    store_close(&context->store);
    unsigned before = descriptors();
    assert_int_equal(store_open(&refused, context->fixture.path, &other, NULL),
                     STATUS_STORE_FOREIGN);
    assert_int_equal(descriptors(), before);
    assert_int_equal(fixture_store_open(&context->fixture, &context->store), STATUS_OK);
    assert_true(descriptors() > before);
    store_close(&context->store);
    assert_int_equal(descriptors(), before);
}

static void test_checkpoint__of_megabytes__copies_all(void **state)
{
    struct context *context = *state;
    assert_int_equal(put_in_one(&context->store, 1, 200), STATUS_OK);
    assert_int_equal(store_checkpoint(&context->store, true), STATUS_OK);
    assert_int_equal(fixture_file_size(&context->fixture, "-wal"), 0);
    open_again(context);
    assert_int_equal(fixture_count(&context->store), 201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_commit__several_pages__are_one_write_before_the_sync,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_commit__more_than_is_held_back__is_all_there, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_sync__failed_in_a_commit__is_the_last_of_this_process,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_sync__failed_in_a_checkpoint__is_the_last_of_this_process, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_transaction__larger_than_the_cache__reads_what_it_wrote, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_store__closed_or_refused__leaves_no_descriptor,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_checkpoint__of_megabytes__copies_all, set_up,
                                        tear_down),
    };
    TEST_TABLE(rows, failure_cases, check_failure)
    int failed = cmocka_run_group_tests_name("gathered writes", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("gathered writes that fail", rows, NULL, NULL);
}
