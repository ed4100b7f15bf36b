/*
 * The files on a simulated disk that are not SQLite's: a service's struct files.
 */
#include "tests/simulation/sim_disk_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* 0, or the errno of a call that does not go on. */
static int enter(struct sim_disk *disk, enum sim_disk_call call, const char *path)
{
    enum sim_disk_outcome outcome = sim_disk_enter(disk, disk->life, call, path);
    if (outcome == SIM_GOES)
        return 0;
    return outcome == SIM_FAILS_ENOSPC ? ENOSPC : EIO;
}

static int files_write_new(void *self, const char *path, struct view bytes, unsigned mode)
{
    (void)mode;
    struct sim_disk *disk = self;
    int number = enter(disk, SIM_DISK_OPEN, path);
    if (number != 0)
        return number;
    size_t at = sim_name_make(disk, path);
    struct sim_file *file = sim_file_make(false);
    sim_name_change(disk, at, file, at);
    sim_file_release(file);
    number = enter(disk, SIM_DISK_WRITE, path);
    if (number != 0)
        return number;
    return sim_disk_put(disk, file, 0, bytes.bytes, bytes.size) ? 0 : ENOSPC;
}

static int files_read(void *self, const char *path, uint8_t *bytes, size_t size, size_t *ret_size)
{
    struct sim_disk *disk = self;
    *ret_size = 0;
    int number = enter(disk, SIM_DISK_READ, path);
    if (number != 0)
        return number;
    const struct sim_file *file = sim_name_file(disk, path);
    if (file == NULL)
        return ENOENT;
    if (file->now.size > size)
        return EFBIG;
    *ret_size = sim_file_read(file, 0, bytes, file->now.size);
    return 0;
}

static int files_sync(void *self, const char *path)
{
    struct sim_disk *disk = self;
    struct sim_file *file = sim_name_file(disk, path);
    enum sim_disk_outcome outcome = sim_disk_enter(disk, disk->life, SIM_DISK_SYNC, path);
    if (outcome == SIM_FAILS_LOSING && file != NULL)
        sim_file_forget(file);
    if (outcome != SIM_GOES)
        return outcome == SIM_FAILS_ENOSPC ? ENOSPC : EIO;
    if (file == NULL)
        return ENOENT;
    sim_disk_make_durable(disk, file, NULL);
    return 0;
}

static int files_sync_folder(void *self, const char *path)
{
    struct sim_disk *disk = self;
    char inside[SIM_DISK_PATH_MAX + 2];
    (void)snprintf(inside, sizeof inside, "%s/", path);
    int number = enter(disk, SIM_DISK_SYNC, inside);
    if (number == 0)
        sim_disk_make_durable(disk, NULL, inside);
    return number;
}

static int files_rename(void *self, const char *from, const char *to)
{
    struct sim_disk *disk = self;
    int number = enter(disk, SIM_DISK_RENAME, from);
    if (number != 0)
        return number;
    size_t gone = sim_name_find(disk, from);
    if (gone == SIZE_MAX || disk->names[gone].now == NULL)
        return ENOENT;
    size_t at = sim_name_make(disk, to);
    if (at != gone)
        sim_name_change(disk, at, disk->names[gone].now, gone);
    return 0;
}

static int files_link(void *self, const char *from, const char *to)
{
    struct sim_disk *disk = self;
    int number = enter(disk, SIM_DISK_RENAME, from);
    if (number != 0)
        return number;
    struct sim_file *file = sim_name_file(disk, from);
    if (file == NULL)
        return ENOENT;
    if (sim_name_file(disk, to) != NULL)
        return EEXIST;
    size_t at = sim_name_make(disk, to);
    sim_name_change(disk, at, file, at);
    return 0;
}

static int files_remove(void *self, const char *path)
{
    struct sim_disk *disk = self;
    int number = enter(disk, SIM_DISK_DELETE, path);
    if (number != 0)
        return number;
    size_t at = sim_name_find(disk, path);
    if (at == SIZE_MAX || disk->names[at].now == NULL)
        return ENOENT;
    sim_name_change(disk, at, NULL, at);
    return 0;
}

static int files_make_folder(void *self, const char *path, bool *ret_is_new)
{
    struct sim_disk *disk = self;
    int number = enter(disk, SIM_DISK_OPEN, path);
    *ret_is_new = number == 0 && sim_name_file(disk, path) == NULL;
    if (!*ret_is_new)
        return number;
    struct sim_file *folder = sim_file_make(false);
    size_t at = sim_name_make(disk, path);
    sim_name_change(disk, at, folder, at);
    sim_file_release(folder);
    return 0;
}

static bool is_named(const char *path, const char *folder, const char *name)
{
    size_t folder_size = strlen(folder);
    size_t name_size = strlen(name);
    if (strncmp(path, folder, folder_size) != 0 || path[folder_size] != '/' ||
        strncmp(path + folder_size + 1, name, name_size) != 0)
        return false;
    char behind = path[folder_size + 1 + name_size];
    return behind == '\0' || behind == ':';
}

static int files_find(void *self, const char *folder, const char *name)
{
    const struct sim_disk *disk = self;
    if (disk->is_halted)
        return EIO;
    for (size_t index = 0; index < disk->names_count; index++) {
        const struct sim_name *found = &disk->names[index];
        if (found->now != NULL && is_named(found->path, folder, name))
            return 0;
    }
    return ENOENT;
}

struct files sim_disk_files(struct sim_disk *disk)
{
    return (struct files){
        .self = disk,
        .write_new = files_write_new,
        .read = files_read,
        .sync = files_sync,
        .sync_folder = files_sync_folder,
        .rename = files_rename,
        .link = files_link,
        .remove = files_remove,
        .make_folder = files_make_folder,
        .find = files_find,
    };
}

static struct view content_of(const struct sim_file *file)
{
    return view_of(file->now.bytes, file->now.size);
}

bool sim_disk_look(const struct sim_disk *disk, const char *path, struct view *ret_bytes)
{
    const struct sim_file *file = sim_name_file(disk, path);
    if (file == NULL)
        return false;
    *ret_bytes = content_of(file);
    return true;
}

void sim_disk_each(const struct sim_disk *disk, void *self,
                   void (*see)(void *self, const char *path, struct view bytes))
{
    for (size_t index = 0; index < disk->names_count; index++) {
        const struct sim_name *name = &disk->names[index];
        if (name->now != NULL)
            see(self, name->path, content_of(name->now));
    }
}
