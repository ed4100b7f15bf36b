/*
 * Events as a replay applies them: a few in a row, into a store whose changes are taken back after
 * each input. Whatever they say, the store stays well.
 */
#include "services/netra/replay.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVENTS_MAX 12u

static struct replay_store store;
static char path[192];

static void remove_store(void)
{
    char name[sizeof path + 8];
    replay_store_close(&store);
    for (unsigned i = 0; i < 4; i++) {
        static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
}

static void open_store(void)
{
    struct diag diag = {0};
    if (path[0] != '\0')
        return;
    (void)snprintf(path, sizeof path, "%s/conf/replay.db", fuzz_home());
    FUZZ_CHECK(replay_store_open(&store, path, &diag) == STATUS_OK);
    FUZZ_CHECK(atexit(remove_store) == 0);
}

static void apply(struct view *rest, struct arena *arena, struct event_header *header)
{
    struct diag diag = {0};
    uint8_t flags = 0;
    header->type = fuzz_take_byte(rest);
    flags = fuzz_take_byte(rest);
    header->case_handle[0] = flags & 3;
    struct view payload = fuzz_take(rest, fuzz_take_byte(rest) * (size_t)(1 + (flags >> 6)));
    enum status status = (flags & 8) != 0 ? replay_apply_erased(&store, header)
                                          : replay_apply(&store, header, payload, arena, &diag);
    FUZZ_CHECK(replay_takes(header->type) || (flags & 8) != 0 || status == STATUS_OK);
    if (status == STATUS_OK)
        header->seq++;
    else
        fuzz_check_refused(status, status == STATUS_NOT_FOUND ? NULL : &diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct view rest = view_of(bytes, size);
    struct event_header header = {.stream_id = {1}, .seq = 1, .schema = 1};
    struct replay_counts before, after;
    struct arena *arena = fuzz_arena();
    open_store();
    FUZZ_CHECK(replay_store_count(&store, &before) == STATUS_OK && before.keys == 0);
    FUZZ_CHECK(store_savepoint(&store.store) == STATUS_OK);
    for (unsigned i = 0; i < EVENTS_MAX && rest.size > 0; i++)
        apply(&rest, arena, &header);
    FUZZ_CHECK(replay_store_count(&store, &after) == STATUS_OK);
    FUZZ_CHECK(after.keys <= EVENTS_MAX && after.cases + after.erased <= 4);
    FUZZ_CHECK(replay_store_put_missing(&store, 1) == STATUS_OK);
    FUZZ_CHECK(store_savepoint_rollback(&store.store) == STATUS_OK);
    fuzz_done();
    return 0;
}
