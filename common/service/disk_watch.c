/*
 * Looks at the disk under the store, at every turn unless it has just been seen to have ample
 * room, and keeps the reserve: taken while there is room for it, given up to whoever meets a full
 * disk (disk.h, store/reserve.h).
 */
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/service_state.h"

/* A file system that can't be asked is believed to have room, until a write says otherwise. */
static uint64_t free_bytes(const struct service *service)
{
    uint64_t bytes = 0;
    bool is_told = service->edges.free_bytes(service->edges.self, service->config->store, &bytes);
    return is_told ? bytes : UINT64_MAX;
}

/* The file is asked only where it could matter. No checkpoint takes more than the WAL has. */
static void ask_store(struct service *service, const struct disk_marks *marks,
                      struct disk_reading *reading)
{
    struct store_room room;
    const uint64_t wal_bytes = store_wal_bytes(&service->store);
    reading->owed = wal_bytes;
    reading->reusable = wal_bytes;
    if (disk_level_next(marks, service->disk.level, reading) == DISK_WELL)
        return;
    store_ask_room(&service->store, &room);
    reading->owed = room.owed;
    reading->reusable = wal_bytes + room.reusable;
}

static void take_reserve(struct service *service, const struct disk_marks *marks,
                         struct disk_reading *reading)
{
    if (service->now_ms < service->disk.reserve_again_ms || !disk_has_reserve(marks, reading) ||
        MUTANT(reserve_never_taken_again))
        return;
    service->disk.reserve_again_ms = service->now_ms + RESERVE_AGAIN_MS;
    enum status status = reserve_take(&service->reserve);
    reading->free = free_bytes(service);
    reading->is_reserve_held = service->reserve.is_held;
    if (status == STATUS_OK)
        log_line(LOG_LEVEL_INFO, "reserve_taken", LOG_NUMBER("bytes", service->reserve.size));
    else
        log_line(LOG_LEVEL_WARN, "reserve_missing", LOG_TEXT("status", status_name(status)));
}

static void tell(enum disk_level level, const struct disk_reading *reading)
{
    static const enum log_level loudness[DISK_LEVEL_COUNT] = {
        [DISK_WELL] = LOG_LEVEL_INFO,
        [DISK_WARN] = LOG_LEVEL_WARN,
        [DISK_NO_EVIDENCE] = LOG_LEVEL_WARN,
        [DISK_REFUSE] = LOG_LEVEL_ERROR,
    };
    log_line(loudness[level], "disk", LOG_TEXT("level", disk_level_name(level)),
             LOG_NUMBER("free_bytes", reading->free), LOG_NUMBER("owed_bytes", reading->owed),
             LOG_NUMBER("reusable_bytes", reading->reusable),
             LOG_TEXT("reserve", reading->is_reserve_held ? "held" : "given_up"));
}

/* Asking the file system takes 10 us, and a case has as many turns as it has frames. Where room is
 * ample no turn comes near a mark. */
static int64_t look_again_ms(const struct service *service, const struct disk_marks *marks)
{
    uint64_t highest = 0;
    for (enum disk_level level = DISK_WELL; level < DISK_LEVEL_COUNT; level++)
        highest = marks->free[level] > highest ? marks->free[level] : highest;
    const bool is_ample = service->disk.level == DISK_WELL &&
                          service->disk.free_bytes > highest + marks->reserve + TURN_WRITES_BYTES;
    return is_ample ? service->now_ms + DISK_LOOK_MS : service->now_ms;
}

void disk_look(struct service *service)
{
    struct disk_watch *disk = &service->disk;
    if (service->now_ms < disk->look_again_ms)
        return;
    const struct config_limits *limits = &service->config->limits;
    const struct disk_marks marks = {
        .free = {[DISK_WARN] = limits->disk_free_bytes_warn,
                 [DISK_NO_EVIDENCE] = limits->disk_free_bytes_evidence,
                 [DISK_REFUSE] = limits->disk_free_bytes_refuse},
        .reserve = limits->reserve_bytes,
    };
    struct disk_reading reading = {
        .free = free_bytes(service),
        .is_reserve_held = service->reserve.is_held || service->reserve.size == 0,
        .has_met_full = service->now_ms < disk->full_until_ms,
    };
    ask_store(service, &marks, &reading);
    if (!reading.is_reserve_held && !reading.has_met_full)
        take_reserve(service, &marks, &reading);
    enum disk_level level = disk_level_next(&marks, disk->level, &reading);
    if (level != disk->level)
        tell(level, &reading);
    disk->level = level;
    disk->free_bytes = reading.free;
    disk->look_again_ms = look_again_ms(service, &marks);
}

void disk_meets_full(struct service *service)
{
    service->disk.full_until_ms = service->now_ms + DISK_FULL_MS;
    service->disk.look_again_ms = service->now_ms;
    if (!service->reserve.is_held)
        return;
    reserve_release(&service->reserve);
    service->checkpoint_again_ms = 0;
    log_line(LOG_LEVEL_WARN, "reserve_given_up", LOG_NUMBER("bytes", service->reserve.size));
}
