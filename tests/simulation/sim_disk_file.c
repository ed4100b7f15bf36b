/*
 * A simulated file: what processes see, what is durable, and the writes between the two.
 */
#include "common/base/invariant.h"
#include "tests/simulation/sim_disk_parts.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_SMALL 4096u
#define ROOM_LARGE 262144u

/* What a power cut leaves of a file's unsynced writes. */
enum sim_cut {
    SIM_CUT_ALL,
    SIM_CUT_NONE,
    SIM_CUT_FIRST,   /* those before one, and some sectors of that one */
    SIM_CUT_WRITES,  /* any, each whole */
    SIM_CUT_SECTORS, /* any sectors of any */
    SIM_CUT_COUNT
};

void *sim_memory(void *old, size_t size)
{
    void *memory = realloc(old, size);
    INVARIANT(memory != NULL);
    return memory;
}

/* Mails are small; a store or a WAL that has grown once will grow again. */
static void bytes_reserve(struct sim_bytes *bytes, size_t size)
{
    if (size <= bytes->room)
        return;
    size_t room = size <= ROOM_SMALL ? ROOM_SMALL : ROOM_LARGE;
    while (room < size)
        room *= 4;
    bytes->bytes = sim_memory(bytes->bytes, room);
    bytes->room = room;
}

static void bytes_grow(struct sim_bytes *bytes, size_t size)
{
    bytes_reserve(bytes, size);
    if (size > bytes->size) {
        memset(bytes->bytes + bytes->size, 0, size - bytes->size);
        bytes->size = size;
    }
}

static void bytes_put(struct sim_bytes *bytes, size_t offset, const uint8_t *from, size_t size)
{
    if (size == 0)
        return;
    bytes_reserve(bytes, offset + size);
    if (offset > bytes->size)
        bytes_grow(bytes, offset);
    memcpy(bytes->bytes + offset, from, size);
    if (offset + size > bytes->size)
        bytes->size = offset + size;
}

static void bytes_copy(struct sim_bytes *to, struct view from)
{
    to->size = 0;
    bytes_put(to, 0, from.bytes, from.size);
}

void sim_file_changed(struct sim_file *file)
{
    static uint64_t versions;
    file->version = ++versions;
}

struct sim_file *sim_file_make(bool is_temporary)
{
    struct sim_file *file = sim_memory(NULL, sizeof *file);
    *file = (struct sim_file){.users = 1, .is_temporary = is_temporary};
    sim_file_changed(file);
    return file;
}

void sim_file_keep(struct sim_file *file)
{
    if (file != NULL)
        file->users++;
}

void sim_file_release(struct sim_file *file)
{
    if (file == NULL || --file->users > 0)
        return;
    free(file->now.bytes);
    free(file->synced.bytes);
    free(file->written.bytes);
    free(file->writes);
    free(file);
}

size_t sim_file_read(const struct sim_file *file, uint64_t offset, void *to, size_t size)
{
    size_t there = offset < file->now.size ? file->now.size - (size_t)offset : 0;
    if (there > size)
        there = size;
    if (there > 0)
        memcpy(to, file->now.bytes + offset, there);
    if (there < size)
        memset((uint8_t *)to + there, 0, size - there);
    return there;
}

static void write_note(struct sim_file *file, struct sim_write write)
{
    if (file->writes_count == file->writes_room) {
        file->writes_room = file->writes_room == 0 ? 16 : file->writes_room * 2;
        file->writes = sim_memory(file->writes, file->writes_room * sizeof *file->writes);
    }
    file->writes[file->writes_count++] = write;
}

/* Keeps the bytes of the writes that reach beyond `offset` and begin before `end`, before they are
 * written again or cut off. */
static void writes_keep(struct sim_file *file, uint64_t offset, uint64_t end)
{
    if (offset >= file->writes_end)
        return;
    for (size_t index = 0; index < file->writes_count; index++) {
        struct sim_write *write = &file->writes[index];
        if (write->from != SIM_STILL_THERE || write->is_truncation || write->offset >= end ||
            write->offset + write->size <= offset)
            continue;
        write->from = file->written.size;
        bytes_put(&file->written, file->written.size, file->now.bytes + write->offset,
                  write->size);
    }
}

void sim_file_write(struct sim_file *file, uint64_t offset, const void *from, size_t size)
{
    uint64_t end = offset + size;
    if (file->is_temporary) {
        bytes_put(&file->now, (size_t)offset, from, size);
        return;
    }
    writes_keep(file, offset, end);
    bytes_put(&file->now, (size_t)offset, from, size);
    write_note(file, (struct sim_write){.offset = offset, .from = SIM_STILL_THERE, .size = size});
    file->unsynced_bytes += size;
    if (end > file->writes_end)
        file->writes_end = end;
}

static void bytes_truncate(struct sim_bytes *bytes, size_t size)
{
    if (size > bytes->size)
        bytes_grow(bytes, size);
    bytes->size = size;
}

void sim_file_truncate(struct sim_file *file, uint64_t size)
{
    writes_keep(file, size, UINT64_MAX);
    bytes_truncate(&file->now, (size_t)size);
    file->is_torn = file->is_torn && size > 0;
    if (!file->is_temporary)
        write_note(file, (struct sim_write){.offset = size, .is_truncation = true});
}

void sim_file_forget(struct sim_file *file)
{
    file->writes_count = 0;
    file->writes_end = 0;
    file->written.size = 0;
    file->unsynced_bytes = 0;
}

/* Makes the part [skip, skip + size) of a write durable. */
static void write_keep(struct sim_file *file, const struct sim_write *write, size_t skip,
                       size_t size)
{
    if (write->is_truncation) {
        bytes_truncate(&file->synced, (size_t)write->offset);
        return;
    }
    const uint8_t *bytes = write->from == SIM_STILL_THERE ? file->now.bytes + write->offset
                                                          : file->written.bytes + write->from;
    bytes_put(&file->synced, (size_t)write->offset + skip, bytes + skip, size);
}

uint64_t sim_file_sync(struct sim_file *file)
{
    uint64_t bytes = file->unsynced_bytes;
    if (file->writes_count > 0)
        sim_file_changed(file);
    for (size_t index = 0; index < file->writes_count; index++)
        write_keep(file, &file->writes[index], 0, file->writes[index].size);
    sim_file_forget(file);
    return bytes;
}

uint64_t sim_draw(const struct random_source *random, uint64_t below)
{
    uint8_t bytes[8];
    random_fill(random, bytes, sizeof bytes);
    uint64_t number = 0;
    for (size_t index = 0; index < sizeof bytes; index++)
        number = number << 8 | bytes[index];
    return number % below;
}

static bool lives(const struct random_source *random, unsigned share)
{
    uint8_t byte = 0;
    random_fill(random, &byte, 1);
    return byte % 100u < share;
}

/* Each sector lives with `share` percent. */
static void write_tear(struct sim_file *file, const struct sim_write *write,
                       const struct random_source *random, unsigned share,
                       struct sim_disk_counts *counts)
{
    size_t kept = 0;
    size_t pieces = 0;
    for (size_t done = 0; done < write->size || (write->size == 0 && pieces == 0);) {
        size_t piece = SIM_DISK_SECTOR - (size_t)((write->offset + done) % SIM_DISK_SECTOR);
        if (piece > write->size - done)
            piece = write->size - done;
        if (lives(random, share)) {
            write_keep(file, write, done, piece);
            kept++;
        }
        pieces++;
        done += piece;
    }
    if (kept == 0)
        counts->writes_lost++;
    else if (kept < pieces)
        counts->writes_torn++;
}

static void write_cut(struct sim_file *file, size_t index, enum sim_cut cut, size_t first,
                      const struct random_source *random, struct sim_disk_counts *counts,
                      unsigned share)
{
    const struct sim_write *write = &file->writes[index];
    bool is_kept = cut == SIM_CUT_ALL || (cut == SIM_CUT_FIRST && index < first) ||
                   (cut == SIM_CUT_WRITES && lives(random, share));
    if (is_kept)
        write_keep(file, write, 0, write->size);
    else if (cut == SIM_CUT_SECTORS || (cut == SIM_CUT_FIRST && index == first))
        write_tear(file, write, random, share, counts);
    else
        counts->writes_lost++;
}

void sim_file_cut(struct sim_file *file, const struct random_source *random,
                  struct sim_disk_counts *counts)
{
    if (file->writes_count == 0) {
        bytes_copy(&file->now, view_of(file->synced.bytes, file->synced.size));
        return;
    }
    sim_file_changed(file);
    file->is_torn = true;
    enum sim_cut cut = (enum sim_cut)sim_draw(random, SIM_CUT_COUNT);
    size_t first = (size_t)sim_draw(random, file->writes_count);
    unsigned share = (unsigned)sim_draw(random, 101);
    bool is_any_lost = false;
    for (size_t index = 0; index < file->writes_count; index++) {
        struct sim_disk_counts before = *counts;
        write_cut(file, index, cut, first, random, counts, share);
        if (counts->writes_lost > before.writes_lost)
            is_any_lost = true;
        else if (is_any_lost && counts->writes_torn == before.writes_torn)
            counts->writes_reordered++;
    }
    /* Metadata can be written back before the data: the size has grown, and zeros stand there. */
    bool has_grown = cut != SIM_CUT_NONE && file->now.size > file->synced.size;
    if (has_grown && lives(random, 50))
        bytes_truncate(&file->synced, file->now.size);
    sim_file_forget(file);
    bytes_copy(&file->now, view_of(file->synced.bytes, file->synced.size));
}

void sim_file_restore(struct sim_file *file, struct view bytes)
{
    sim_file_forget(file);
    sim_file_changed(file);
    file->is_torn = true; /* what it is a copy of may have been */
    bytes_copy(&file->now, bytes);
    bytes_copy(&file->synced, bytes);
}
