/*
 * Names on a simulated disk: where each leads now, where it leads after a power cut, and the
 * changes between, in order.
 */
#include "common/base/invariant.h"
#include "tests/simulation/sim_disk_parts.h"

#include <stdlib.h>
#include <string.h>

size_t sim_name_find(const struct sim_disk *disk, const char *path)
{
    for (size_t index = 0; index < disk->names_count; index++) {
        if (strcmp(disk->names[index].path, path) == 0)
            return index;
    }
    return SIZE_MAX;
}

size_t sim_name_make(struct sim_disk *disk, const char *path)
{
    size_t at = sim_name_find(disk, path);
    if (at != SIZE_MAX)
        return at;
    size_t length = strlen(path);
    INVARIANT(length <= SIM_DISK_PATH_MAX);
    at = disk->names_count++;
    disk->names = sim_memory(disk->names, disk->names_count * sizeof *disk->names);
    disk->names[at] = (struct sim_name){.now = NULL};
    memcpy(disk->names[at].path, path, length);
    return at;
}

static void lead(struct sim_file **place, struct sim_file *file)
{
    sim_file_keep(file);
    sim_file_release(*place);
    *place = file;
}

void sim_name_change(struct sim_disk *disk, size_t at, struct sim_file *file, size_t gone)
{
    if (disk->changes_count == disk->changes_room) {
        disk->changes_room = disk->changes_room == 0 ? 8 : disk->changes_room * 2;
        disk->changes = sim_memory(disk->changes, disk->changes_room * sizeof *disk->changes);
    }
    sim_file_keep(file);
    disk->changes[disk->changes_count++] =
        (struct sim_name_change){.at = at, .gone = gone, .file = file};
    lead(&disk->names[at].now, file);
    if (gone != at)
        lead(&disk->names[gone].now, NULL);
}

struct sim_file *sim_name_file(const struct sim_disk *disk, const char *path)
{
    size_t at = sim_name_find(disk, path);
    return at == SIZE_MAX ? NULL : disk->names[at].now;
}

static void change_keep(struct sim_disk *disk, const struct sim_name_change *change)
{
    lead(&disk->names[change->at].synced, change->file);
    if (change->gone != change->at)
        lead(&disk->names[change->gone].synced, NULL);
}

static void changes_forget(struct sim_disk *disk)
{
    for (size_t index = 0; index < disk->changes_count; index++)
        sim_file_release(disk->changes[index].file);
    disk->changes_count = 0;
}

/* The length of the path up to and with its last slash. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

static bool is_beside(const char *path, const char *other)
{
    size_t length = folder_length(path);
    return length == folder_length(other) && memcmp(path, other, length) == 0;
}

/* Drops what is still waiting for a name that a durable renaming took away. */
static size_t waiting_drop(struct sim_disk *disk, size_t count, size_t gone)
{
    size_t kept = 0;
    for (size_t index = 0; index < count; index++) {
        if (disk->changes[index].at == gone)
            sim_file_release(disk->changes[index].file);
        else
            disk->changes[kept++] = disk->changes[index];
    }
    return kept;
}

void sim_names_sync(struct sim_disk *disk, const char *path)
{
    size_t waiting = 0;
    for (size_t index = 0; index < disk->changes_count; index++) {
        struct sim_name_change change = disk->changes[index];
        if (!is_beside(path, disk->names[change.at].path)) {
            disk->changes[waiting++] = change;
            continue;
        }
        change_keep(disk, &change);
        if (change.gone != change.at)
            waiting = waiting_drop(disk, waiting, change.gone);
        sim_file_release(change.file);
    }
    disk->changes_count = waiting;
}

void sim_names_cut(struct sim_disk *disk, const struct random_source *random)
{
    size_t kept = (size_t)sim_draw(random, disk->changes_count + 1);
    disk->counts.names_lost += disk->changes_count - kept;
    for (size_t index = 0; index < kept; index++)
        change_keep(disk, &disk->changes[index]);
    changes_forget(disk);
    for (size_t index = 0; index < disk->names_count; index++) {
        struct sim_name *name = &disk->names[index];
        lead(&name->now, name->synced);
    }
}

void sim_names_close(struct sim_disk *disk)
{
    changes_forget(disk);
    for (size_t index = 0; index < disk->names_count; index++) {
        lead(&disk->names[index].now, NULL);
        lead(&disk->names[index].synced, NULL);
    }
    free(disk->names);
    free(disk->changes);
    disk->names = NULL;
    disk->changes = NULL;
    disk->names_count = 0;
    disk->changes_room = 0;
}
