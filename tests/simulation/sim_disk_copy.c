/*
 * Copies of simulated disks, and damage to them.
 */
#include "tests/simulation/sim_disk_parts.h"

#include <stdlib.h>
#include <string.h>

struct sim_image_file {
    char path[SIM_DISK_PATH_MAX + 1];
    uint8_t *bytes;
    size_t size;
};

struct sim_image {
    size_t count;
    struct sim_image_file files[];
};

struct sim_image *sim_image_take(const struct sim_disk *disk)
{
    struct sim_image *image =
        sim_memory(NULL, sizeof *image + disk->names_count * sizeof image->files[0]);
    image->count = 0;
    for (size_t index = 0; index < disk->names_count; index++) {
        const struct sim_name *name = &disk->names[index];
        if (name->now == NULL)
            continue;
        struct sim_image_file *copy = &image->files[image->count++];
        memcpy(copy->path, name->path, sizeof copy->path);
        copy->size = name->now->now.size;
        copy->bytes = sim_memory(NULL, copy->size + 1);
        (void)sim_file_read(name->now, 0, copy->bytes, copy->size);
    }
    return image;
}

void sim_image_restore(struct sim_disk *disk, const struct sim_image *image)
{
    sim_names_close(disk);
    disk->life++;
    for (size_t index = 0; index < image->count; index++) {
        const struct sim_image_file *copy = &image->files[index];
        struct sim_file *file = sim_file_make(false);
        sim_file_restore(file, view_of(copy->bytes, copy->size));
        size_t at = sim_name_make(disk, copy->path);
        sim_name_change(disk, at, file, at);
        sim_file_release(file);
    }
    for (size_t index = 0; index < disk->names_count; index++)
        sim_names_sync(disk, disk->names[index].path);
}

void sim_image_close(struct sim_image *image)
{
    if (image == NULL)
        return;
    for (size_t index = 0; index < image->count; index++)
        free(image->files[index].bytes);
    free(image);
}

bool sim_disk_corrupt(struct sim_disk *disk, const char *path, uint64_t offset, uint8_t mask)
{
    struct sim_file *file = sim_name_file(disk, path);
    if (file == NULL || offset >= file->now.size)
        return false;
    sim_file_changed(file);
    file->now.bytes[offset] ^= mask;
    if (offset < file->synced.size)
        file->synced.bytes[offset] ^= mask;
    return true;
}
