/*
 * What the loop does beside turns: backpressure marks, cursors and retention, checkpoints, timers,
 * metrics (protocol.md 15, 17, 18).
 */
#include "common/base/log.h"
#include "common/service/service_state.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#define WAIT_MAX_MS 500
#define CHECKPOINT_AGAIN_MS 10000

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

static void look_at_disk(struct service *service)
{
    struct statvfs disk;
    if (service->now_ms - service->disk_looked_ms < DISK_LOOK_MS && service->disk_looked_ms != 0)
        return;
    service->disk_looked_ms = service->now_ms;
    if (statvfs(service->config->store, &disk) != 0)
        return;
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    uint64_t wanted = service->config->limits.disk_free_bytes_min;
    if (!service->reserve.is_held && free_bytes >= wanted + service->reserve.size &&
        reserve_take(&service->reserve) == STATUS_OK && service->reserve.is_held)
        log_line(LOG_LEVEL_INFO, "reserve_taken", LOG_NUMBER("bytes", service->reserve.size));
    bool is_given_up = service->reserve.size > 0 && !service->reserve.is_held;
    bool is_low = free_bytes < wanted || is_given_up;
    if (is_low != service->is_disk_low)
        log_line(is_low ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, is_low ? "disk_low" : "disk_well",
                 LOG_NUMBER("free_bytes", free_bytes));
    service->is_disk_low = is_low;
}

void housekeeping_look(struct service *service)
{
    bool was_pressed = service->is_pressed;
    look_at_disk(service);
    service->is_pressed =
        service->is_disk_low || backlog(service) > service->config->limits.backlog_entries_max;
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
    int64_t deleted = 0;
    if (service->spec->output_count == 0 || end <= retained)
        return STATUS_OK;
    uint64_t floor = end - retained;
    for (unsigned i = 0; i < service->peer_count; i++) {
        const struct peer *peer = &service->peers[i];
        uint64_t cursor = peer->is_cursor_written ? peer->cursor_written : peer->cursor.position;
        if (peer->output != NULL && cursor < floor)
            floor = cursor;
    }
    return floor == 0 ? STATUS_OK : event_log_trim(&service->log, floor, TRIM_ROWS_MAX, &deleted);
}

enum status housekeeping_cursors(struct service *service)
{
    bool has_moved = false;
    if (service->phase == SERVICE_FORKED)
        return STATUS_OK;
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        if (!peer->is_cursor_dirty || peer->output == NULL)
            continue;
        struct cursor cursor = {
            .position = peer->window.acked,
            .bytes_through = peer->window.acked_bytes,
        };
        memcpy(cursor.store_id, peer->cursor.store_id, STREAM_ID_SIZE);
        TRY(delivery_cursor_put(&service->delivery, peer->name, &cursor));
        peer->is_cursor_written = true;
        peer->cursor_written = cursor.position;
        has_moved = true;
    }
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

/* What can't be checkpointed now (a reader from outside holds the WAL) is tried again in a while.
 */
static void checkpoint(struct service *service)
{
    if (!store_checkpoint_is_due(&service->store) ||
        service->now_ms < service->checkpoint_again_ms)
        return;
    enum status status = store_checkpoint(&service->store, false);
    if (status == STATUS_OK)
        return;
    if (status_class_of(status) == STATUS_CLASS_FATAL)
        service->fatal = status;
    service->checkpoint_again_ms = service->now_ms + CHECKPOINT_AGAIN_MS;
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
    if (service->app_due_ms != INT64_MAX)
        wait_ms = sooner(wait_ms, service->app_due_ms - service->now_ms);
    return wait_ms < 0 ? 0 : wait_ms;
}

/* The last transaction of a life: cursors, and that it ended well. */
enum status housekeeping_last(struct service *service)
{
    TRY(store_begin(&service->store));
    enum status status = housekeeping_cursors(service);
    if (status == STATUS_OK)
        status = delivery_start_clean(&service->delivery, service->start);
    if (status == STATUS_OK)
        status = store_commit(&service->store);
    if (status != STATUS_OK)
        store_rollback(&service->store);
    housekeeping_cursors_written(service, status == STATUS_OK);
    return status;
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
