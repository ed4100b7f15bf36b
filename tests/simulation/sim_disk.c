/*
 * The simulated disks: their deaths, faults and counts.
 */
#include "tests/simulation/sim_disk.h"

#include "common/base/invariant.h"
#include "tests/simulation/sim_disk_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void disk_begin(struct sim_disk *disk, struct sim_disks *disks, const char *prefix)
{
    size_t length = strlen(prefix);
    INVARIANT(length <= SIM_DISK_PATH_MAX);
    *disk = (struct sim_disk){.all = disks, .capacity = UINT64_MAX};
    memcpy(disk->prefix, prefix, length);
}

struct sim_disks *sim_disks_open(const struct clock *clock, const struct random_source *random)
{
    struct sim_disks *disks = sim_memory(NULL, sizeof *disks);
    *disks = (struct sim_disks){.clock = *clock, .random = *random};
    disks->before = sqlite3_vfs_find(NULL);
    INVARIANT(disks->before != NULL && strcmp(disks->before->zName, "netra-sim") != 0);
    disk_begin(&disks->temporary, disks, "");
    sim_vfs_describe(disks);
    int code = sqlite3_vfs_register(&disks->vfs, 1);
    INVARIANT(code == SQLITE_OK);
    /* SQLite's generator, which draws the WAL's salts, is seeded from the default VFS once. */
    sqlite3_randomness(0, NULL);
    return disks;
}

struct sim_disks *sim_disks_beside(void)
{
    static struct sim_disks *disks;
    if (disks != NULL)
        return disks;
    disks = sim_memory(NULL, sizeof *disks);
    *disks = (struct sim_disks){.clock = clock_of_system(), .random = random_of_system()};
    disk_begin(&disks->temporary, disks, "");
    sim_vfs_describe(disks);
    disks->vfs.zName = SIM_DISKS_BESIDE;
    int code = sqlite3_vfs_register(&disks->vfs, 0);
    INVARIANT(code == SQLITE_OK);
    return disks;
}

void sim_disks_close(struct sim_disks *disks)
{
    if (disks == NULL)
        return;
    (void)sqlite3_vfs_unregister(&disks->vfs);
    (void)sqlite3_vfs_register(disks->before, 1);
    sqlite3_randomness(0, NULL);
    while (disks->first != NULL) {
        struct sim_disk *disk = disks->first;
        disks->first = disk->next;
        sim_names_close(disk);
        free(disk);
    }
    free(disks);
}

struct sim_disk *sim_disk_add(struct sim_disks *disks, const char *prefix)
{
    struct sim_disk *disk = sim_memory(NULL, sizeof *disk);
    disk_begin(disk, disks, prefix);
    disk->next = disks->first;
    disks->first = disk;
    return disk;
}

struct sim_disk *sim_disk_of(struct sim_disks *disks, const char *path)
{
    for (struct sim_disk *disk = disks->first; disk != NULL; disk = disk->next) {
        if (strncmp(path, disk->prefix, strlen(disk->prefix)) == 0)
            return disk;
    }
    return NULL;
}

/* ---- deaths ---- */

void sim_disk_halt(struct sim_disk *disk)
{
    if (disk->is_halted)
        return;
    disk->is_halted = true;
    disk->life++;
}

void sim_disk_revive(struct sim_disk *disk)
{
    INVARIANT(disk->is_halted);
    for (size_t index = 0; index < disk->names_count; index++) {
        struct sim_file *file = disk->names[index].now;
        if (file == NULL)
            continue;
        file->readers = 0;
        file->writer = NULL;
        /* The dead connections that map it free it. */
        file->shm = NULL;
    }
    disk->is_halted = false;
}

void sim_disk_power_cut(struct sim_disk *disk, const struct random_source *random)
{
    sim_disk_halt(disk);
    disk->counts.power_cuts++;
    sim_names_cut(disk, random);
    for (size_t index = 0; index < disk->names_count; index++) {
        if (disk->names[index].now != NULL)
            sim_file_cut(disk->names[index].now, random, &disk->counts);
    }
}

bool sim_disk_is_halted(const struct sim_disk *disk)
{
    return disk->is_halted;
}

/* ---- faults ---- */

void sim_disk_fail(struct sim_disk *disk, enum sim_disk_call call, uint64_t nth, uint64_t times,
                   enum sim_disk_failure failure)
{
    INVARIANT(nth > 0);
    disk->faults[call] = (struct sim_fault){.skip = nth - 1, .times = times, .failure = failure};
}

void sim_disk_fail_none(struct sim_disk *disk)
{
    memset(disk->faults, 0, sizeof disk->faults);
}

bool sim_disk_is_armed(const struct sim_disk *disk, enum sim_disk_call call)
{
    return disk->faults[call].times > 0;
}

static enum sim_disk_outcome outcome_of(struct sim_disk *disk, enum sim_disk_failure failure)
{
    disk->counts.failures[failure]++;
    switch (failure) {
    case SIM_DISK_ENOSPC:
        disk->all->error_number = ENOSPC;
        return SIM_FAILS_ENOSPC;
    case SIM_DISK_SHORT_READ:
        disk->all->error_number = EIO;
        return SIM_FAILS_SHORT;
    case SIM_DISK_SYNC_LOSES:
        disk->all->error_number = EIO;
        return SIM_FAILS_LOSING;
    case SIM_DISK_EIO:
    case SIM_DISK_FAILURE_COUNT:
        break;
    }
    disk->all->error_number = EIO;
    return SIM_FAILS_EIO;
}

static enum sim_disk_outcome dead(struct sim_disk *disk)
{
    disk->all->error_number = EIO;
    return SIM_FAILS_EIO;
}

enum sim_disk_outcome sim_disk_enter(struct sim_disk *disk, uint64_t life, enum sim_disk_call call,
                                     const char *path)
{
    if (disk->is_halted || life != disk->life)
        return dead(disk);
    disk->counts.calls[call]++;
    if (disk->step.before != NULL)
        disk->step.before(disk->step.self, disk, call, path);
    if (disk->is_halted || life != disk->life)
        return dead(disk);
    struct sim_fault *fault = &disk->faults[call];
    if (fault->times == 0)
        return SIM_GOES;
    if (fault->skip > 0) {
        fault->skip--;
        return SIM_GOES;
    }
    fault->times--;
    return outcome_of(disk, fault->failure);
}

void sim_disk_set_capacity(struct sim_disk *disk, uint64_t bytes)
{
    disk->capacity = bytes;
}

uint64_t sim_disk_used(const struct sim_disk *disk)
{
    uint64_t used = 0;
    for (size_t index = 0; index < disk->names_count; index++) {
        if (disk->names[index].now != NULL)
            used += disk->names[index].now->now.size;
    }
    return used;
}

bool sim_disk_put(struct sim_disk *disk, struct sim_file *file, uint64_t offset, const void *from,
                  size_t size)
{
    uint64_t end = offset + size;
    bool grows = end > file->now.size;
    if (grows && disk->capacity != UINT64_MAX &&
        sim_disk_used(disk) + (end - file->now.size) > disk->capacity) {
        (void)outcome_of(disk, SIM_DISK_ENOSPC);
        return false;
    }
    sim_file_write(file, offset, from, size);
    return true;
}

void sim_disk_make_durable(struct sim_disk *disk, struct sim_file *file, const char *beside)
{
    if (disk->is_lying) {
        disk->counts.syncs_lied++;
        return;
    }
    if (file != NULL)
        disk->counts.bytes_durable += sim_file_sync(file);
    if (beside != NULL)
        sim_names_sync(disk, beside);
}

void sim_disk_set_lying(struct sim_disk *disk, bool is_lying)
{
    disk->is_lying = is_lying;
}

void sim_disk_set_step(struct sim_disk *disk, struct sim_disk_step step)
{
    disk->step = step;
}

const struct sim_disk_counts *sim_disk_counted(const struct sim_disk *disk)
{
    return &disk->counts;
}
