/*
 * What the loop does beside turns: backpressure marks, cursors and retention, checkpoints, timers,
 * metrics (protocol.md 15, 17, 18).
 */
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/service_state.h"

#include <stdio.h>
#include <string.h>

#define WAIT_MAX_MS 500
#define CHECKPOINT_AGAIN_MS 10000
#define WAL_PARTS 4u /* of the free bytes, that a WAL may take where room is short */

/* ---- marks ---- */

/* Entries of our own log that the slowest destination hasn't acknowledged. */
static uint64_t backlog(const struct service *service)
{
    uint64_t slowest = service->log.committed.position;
    for (unsigned i = 0; i < service->peer_count; i++) {
        const struct peer *peer = &service->peers[i];
        if (peer->output != NULL && peer->window.acked < slowest)
            slowest = peer->window.acked;
    }
    return service->log.committed.position - slowest;
}

void housekeeping_look(struct service *service)
{
    bool was_pressed = service->is_pressed;
    disk_look(service);
    service->is_pressed = service->disk.level == DISK_REFUSE ||
                          backlog(service) > service->config->limits.backlog_entries_max;
    if (was_pressed == service->is_pressed)
        return;
    for (unsigned i = 0; i < service->peer_count; i++)
        if (service->peers[i].input != NULL)
            service->peers[i].is_ack_due = true; /* it carries the credit */
}

/* ---- cursors and retention ---- */

bool housekeeping_cursors_are_due(const struct service *service)
{
    if (service->phase == SERVICE_FORKED ||
        service->now_ms - service->cursors_written_ms < CURSOR_AFTER_MS)
        return false;
    for (unsigned i = 0; i < service->peer_count; i++)
        if (service->peers[i].is_cursor_dirty)
            return true;
    return false;
}

/* Deletes what every destination has acknowledged, but for the newest ones. */
static enum status trim(struct service *service)
{
    uint64_t end = service->log.committed.position;
    uint64_t retained = service->config->limits.retained_events_min;
    if (service->spec->output_count == 0 || end <= retained)
        return STATUS_OK;
    uint64_t floor = end - retained;
    for (unsigned i = 0; i < service->peer_count; i++) {
        const struct peer *peer = &service->peers[i];
        uint64_t cursor = peer->is_cursor_written ? peer->cursor_written : peer->cursor.position;
        if (peer->output != NULL && cursor < floor && !MUTANT(retention_too_early))
            floor = cursor;
    }
    return floor == 0 ? STATUS_OK : event_log_trim(&service->log, floor, TRIM_EVENTS_MAX);
}

/* Whether a cursor that moved may still wait: a little way, with the same store behind it. */
static bool cursor_may_wait(const struct peer *peer)
{
    return peer->window.acked > peer->cursor.position &&
           peer->window.acked - peer->cursor.position < CURSOR_AFTER_EVENTS;
}

enum status housekeeping_cursors(struct service *service, bool is_last)
{
    bool has_moved = false;
    bool is_due = is_last || housekeeping_cursors_are_due(service);
    if (service->phase == SERVICE_FORKED)
        return STATUS_OK;
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        if (!peer->is_cursor_dirty || peer->output == NULL || (!is_due && cursor_may_wait(peer)))
            continue;
        struct cursor cursor = {
            .position = MUTANT(cursor_of_sent) ? peer->window.sent : peer->window.acked,
            .bytes_through = peer->window.acked_bytes,
        };
        memcpy(cursor.store_id, peer->cursor.store_id, STREAM_ID_SIZE);
        cursor.position += MUTANT(cursor_too_far) && cursor.position % 97 == 0 ? 1 : 0;
        TRY(delivery_cursor_put(&service->delivery, peer->name, &cursor));
        peer->is_cursor_written = true;
        peer->cursor_written = cursor.position;
        has_moved = true;
    }
    if (is_due)
        service->cursors_written_ms = service->now_ms;
    return has_moved ? trim(service) : STATUS_OK;
}

/* The transaction with the cursors is on disk, or was abandoned: memory follows. */
void housekeeping_cursors_written(struct service *service, bool is_committed)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        if (peer->is_cursor_written && is_committed) {
            peer->cursor.position = peer->cursor_written;
            peer->is_cursor_dirty = peer->window.acked != peer->cursor_written;
        }
        peer->is_cursor_written = false;
    }
}

/* ---- the loop's other work ---- */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Where room is short, what a WAL takes beyond a part of it is given back, and all of it where
 * there is none. */
static bool wal_is_too_large(struct service *service)
{
    if (service->disk.level == DISK_WELL)
        return false;
    bool is_refusing = service->disk.level == DISK_REFUSE;
    return store_wal_bytes(&service->store) >
           (is_refusing ? 0 : service->disk.free_bytes / WAL_PARTS);
}

/* What can't be checkpointed now (a reader from outside holds the WAL) is tried again in a while.
 */
static void checkpoint(struct service *service)
{
    if (service->now_ms < service->checkpoint_again_ms)
        return;
    bool is_truncating = wal_is_too_large(service);
    if (!is_truncating && !store_checkpoint_is_due(&service->store))
        return;
    enum status status = store_checkpoint(&service->store, is_truncating);
    if (status == STATUS_OK)
        return;
    if (status_class_of(status) == STATUS_CLASS_FATAL)
        service->fatal = status;
    service->checkpoint_again_ms = service->now_ms + CHECKPOINT_AGAIN_MS;
    if (status == STATUS_STORE_FULL)
        disk_meets_full(service);
    log_line(LOG_LEVEL_ERROR, "checkpoint_failed", LOG_TEXT("status", status_name(status)),
             LOG_TEXT("detail", store_error_text(&service->store)));
}

/* Returns how long the loop may wait, in milliseconds. */
int64_t housekeeping(struct service *service)
{
    checkpoint(service);
    service->app_due_ms = INT64_MAX;
    if (service->spec->tick != NULL && service->phase == SERVICE_READY)
        service->app_due_ms = service->spec->tick(service->app, service, service->now_ms);
    if (service->has_more)
        return 0;
    int64_t wait_ms = WAIT_MAX_MS;
    for (unsigned i = 0; i < service->peer_count; i++)
        if (service->peers[i].is_cursor_dirty)
            wait_ms = sooner(wait_ms, CURSOR_AFTER_MS);
    if (service->gaps_since_ms != 0)
        wait_ms = sooner(wait_ms, GAPS_WAIT_MS);
    if (service->app_due_ms != INT64_MAX)
        wait_ms = sooner(wait_ms, service->app_due_ms - service->now_ms);
    return wait_ms < 0 ? 0 : wait_ms;
}

static enum status write_last(struct service *service)
{
    TRY(store_begin(&service->store));
    enum status status = housekeeping_cursors(service, true);
    if (status == STATUS_OK)
        status = delivery_start_clean(&service->delivery, service->start);
    if (status == STATUS_OK)
        status = store_commit(&service->store);
    if (status != STATUS_OK)
        store_rollback(&service->store);
    housekeeping_cursors_written(service, status == STATUS_OK);
    return status;
}

/* The last transaction of a life: cursors, and that it ended well. */
enum status housekeeping_last(struct service *service)
{
    enum status status = write_last(service);
    if (status != STATUS_STORE_FULL || !service->reserve.is_held)
        return status;
    disk_meets_full(service);
    return write_last(service);
}

/* ---- metrics ---- */

struct metric {
    const char *name; /* after netra_<service>_ */
    const char *kind;
    uint64_t value;
};

static size_t add_text(char *text, size_t size, size_t used, int written)
{
    (void)text;
    size_t added = written < 0 ? 0 : (size_t)written;
    return used + added < size ? used + added : size - 1;
}

size_t service_metrics(void *self, char *text, size_t size)
{
    const struct service *service = self;
    const struct service_counters *counters = &service->counters;
    uint64_t refused = 0;
    for (unsigned i = 0; i < REFUSAL_COUNT; i++)
        refused += counters->refusals[i];
    const struct metric metrics[] = {
        {"ready", "gauge", service->phase == SERVICE_READY},
        {"forked", "gauge", service->phase == SERVICE_FORKED},
        {"log_events", "gauge", service->log.committed.position},
        {"backlog_events", "gauge", backlog(service)},
        {"pressed", "gauge", service->is_pressed},
        {"disk_level", "gauge", service->disk.level},
        {"disk_free_bytes", "gauge", service->disk.free_bytes},
        {"reserve_held_bytes", "gauge", service->reserve.is_held ? service->reserve.size : 0},
        {"turns_total", "counter", counters->turns},
        {"turns_abandoned_total", "counter", counters->turns_abandoned},
        {"entries_applied_total", "counter", counters->entries_applied},
        {"entries_sent_total", "counter", counters->entries_sent},
        {"requests_total", "counter", counters->requests},
        {"requests_refused_total", "counter", counters->requests_refused},
        {"frames_refused_total", "counter", counters->frames_refused},
        {"edge_refused_total", "counter", refused},
        {"dead_lettered_total", "counter", counters->dead_lettered},
    };
    char name[LIMIT_NAME_BYTES + 1];
    size_t used = 0;
    (void)snprintf(name, sizeof name, "%s", service->spec->name);
    for (char *at = name; *at != '\0'; at++)
        if (*at == '-')
            *at = '_';
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        used = add_text(text, size, used,
                        snprintf(text + used, size - used,
                                 "# TYPE netra_%s_%s %s\nnetra_%s_%s %llu\n", name,
                                 metrics[i].name, metrics[i].kind, name, metrics[i].name,
                                 (unsigned long long)metrics[i].value));
    if (service->spec->metrics != NULL)
        used += service->spec->metrics(service->app, text + used, size - used);
    return used;
}
