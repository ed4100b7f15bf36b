/*
 * A copy of what is durable of a database, kept up with it: its file, and over it the transactions
 * in its WAL that a recovery would find (SQLite's file format, "The Write-Ahead Log").
 *
 * Why not the file and the WAL as they are: a connection would read the whole WAL at each look,
 * and open anew. Here a look reads what was added, and connections stay.
 */
#include "tests/simulation/sim_disk_parts.h"

#include "common/base/invariant.h"

#include <stdio.h>
#include <string.h>

#define WAL_MAGIC 0x377f0682u /* with checksums over little-endian words, as this machine's are */
#define WAL_HEADER_BYTES 32u
#define FRAME_HEADER_BYTES 24u
#define PAGES_MAX 8192u /* of a simulated store */

/* Of the database's header: what says that it has a WAL, what is counted at each change, and the
 * same number again, which makes the size beside it count. */
#define HEADER_BYTES 100u
#define WRITE_VERSION 18u
#define READ_VERSION 19u
#define CHANGE_COUNTER 24u
#define VERSION_VALID_FOR 92u

static uint32_t number_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           bytes[3];
}

static void number_put(uint8_t *bytes, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* Carries a WAL's running checksum on over so many bytes, a multiple of 8. */
static void add_to_checksum(uint32_t checksum[2], const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size; at += 8) {
        uint32_t words[2];
        memcpy(words, bytes + at, sizeof words);
        checksum[0] += words[0] + checksum[1];
        checksum[1] += words[1] + checksum[0];
    }
}

static bool is_checksum(const uint32_t checksum[2], const uint8_t *bytes)
{
    return checksum[0] == number_at(bytes) && checksum[1] == number_at(bytes + 4);
}

static const struct sim_file *durable_file(const struct sim_disk *disk, const char *path)
{
    size_t at = sim_name_find(disk, path);
    return at == SIZE_MAX ? NULL : disk->names[at].synced;
}

/* The copy's file; made when it isn't there. */
static struct sim_file *copy_at(struct sim_disk *disk, const char *path)
{
    struct sim_file *file = sim_name_file(disk, path);
    if (file != NULL)
        return file;
    file = sim_file_make(true); /* it is only read: nothing of it is lost */
    size_t at = sim_name_make(disk, path);
    sim_name_change(disk, at, file, at);
    sim_file_release(file);
    return file;
}

static size_t page_bytes(const struct sim_follower *follower)
{
    return number_at(follower->wal_header + 8);
}

/* Whether the frame at `bytes` belongs to the WAL, behind what `checksum` is of. As long as
 * nothing can have torn one, its salt says it. */
static bool frame_follows(const struct sim_follower *follower, const uint8_t *bytes,
                          uint32_t checksum[2])
{
    if (memcmp(bytes + 8, follower->wal_header + 16, 8) != 0 || number_at(bytes) == 0)
        return false;
    if (!follower->is_torn)
        return true;
    add_to_checksum(checksum, bytes, 8);
    add_to_checksum(checksum, bytes + FRAME_HEADER_BYTES, page_bytes(follower));
    return is_checksum(checksum, bytes + 16);
}

/* Puts whole transactions' frames, the newest of each page first and no older one; the last frame
 * says how many pages the database has then. */
static void apply_frames(struct sim_file *copy, const uint8_t *frames, size_t size, size_t page)
{
    bool is_there[PAGES_MAX] = {false};
    const size_t step = FRAME_HEADER_BYTES + page;
    for (size_t end = size; end > 0; end -= step) {
        const uint8_t *frame = frames + end - step;
        uint32_t number = number_at(frame) - 1;
        INVARIANT(number < PAGES_MAX);
        if (is_there[number])
            continue;
        is_there[number] = true;
        sim_file_write(copy, (uint64_t)number * page, frame + FRAME_HEADER_BYTES, page);
    }
    sim_file_truncate(copy, (uint64_t)number_at(frames + size - step + 4) * page);
}

/* True: there was some. */
static bool apply_new(struct sim_follower *follower, const struct sim_file *wal,
                      struct sim_file *copy)
{
    const size_t page = page_bytes(follower);
    const size_t step = FRAME_HEADER_BYTES + page;
    const size_t begun = follower->wal_read;
    const uint8_t *bytes = wal->synced.bytes;
    uint32_t checksum[2] = {follower->checksum[0], follower->checksum[1]};
    for (size_t end = begun + step; end <= wal->synced.size; end += step) {
        if (!frame_follows(follower, bytes + end - step, checksum))
            break;
        if (number_at(bytes + end - step + 4) == 0)
            continue;
        follower->wal_read = end;
        memcpy(follower->checksum, checksum, sizeof checksum);
    }
    if (follower->wal_read == begun)
        return false;
    apply_frames(copy, bytes + begun, follower->wal_read - begun, page);
    return true;
}

/* Begins with the file as it is, and the WAL that lies beside it. */
static void start_over(struct sim_follower *follower, const struct sim_file *from,
                       const struct sim_file *wal, struct sim_file *copy)
{
    uint32_t changes = follower->changes;
    *follower = (struct sim_follower){.changes = changes};
    sim_file_truncate(copy, 0);
    if (from == NULL)
        return;
    follower->main_version = from->version;
    sim_file_write(copy, 0, from->synced.bytes, from->synced.size);
    if (wal == NULL || wal->synced.size < WAL_HEADER_BYTES)
        return;
    const uint8_t *header = wal->synced.bytes;
    uint32_t checksum[2] = {0, 0};
    add_to_checksum(checksum, header, WAL_HEADER_BYTES - 8);
    memcpy(follower->wal_header, header, WAL_HEADER_BYTES);
    if (number_at(header) != WAL_MAGIC || !is_checksum(checksum, header + 24))
        return;
    follower->wal_read = WAL_HEADER_BYTES;
    follower->is_torn = wal->is_torn;
    memcpy(follower->checksum, checksum, sizeof checksum);
}

static bool is_other(const struct sim_follower *follower, const struct sim_file *from,
                     const struct sim_file *wal)
{
    static const uint8_t none[WAL_HEADER_BYTES];
    const uint8_t *header =
        wal == NULL || wal->synced.size < WAL_HEADER_BYTES ? none : wal->synced.bytes;
    if (wal != NULL && wal->is_torn != follower->is_torn && follower->wal_read > 0)
        return true;
    return follower->main_version != (from == NULL ? 0 : from->version) ||
           memcmp(follower->wal_header, header, WAL_HEADER_BYTES) != 0;
}

/* A database of its own, which has changed. */
static void mark_changed(struct sim_follower *follower, struct sim_file *copy)
{
    if (copy->now.size < HEADER_BYTES)
        return;
    follower->changes++;
    copy->now.bytes[WRITE_VERSION] = 1;
    copy->now.bytes[READ_VERSION] = 1;
    number_put(copy->now.bytes + CHANGE_COUNTER, follower->changes);
    number_put(copy->now.bytes + VERSION_VALID_FOR, follower->changes);
}

void sim_disk_follow(struct sim_follower *follower, const struct sim_disk *from, const char *store,
                     struct sim_disk *to, const char *copy)
{
    char path[SIM_DISK_PATH_MAX + 5];
    (void)snprintf(path, sizeof path, "%s-wal", store);
    const struct sim_file *main_file = durable_file(from, store);
    const struct sim_file *wal = durable_file(from, path);
    struct sim_file *file = copy_at(to, copy);
    bool has_changed = is_other(follower, main_file, wal);
    if (has_changed)
        start_over(follower, main_file, wal, file);
    if (follower->wal_read > 0)
        has_changed = apply_new(follower, wal, file) || has_changed;
    if (has_changed)
        mark_changed(follower, file);
}
