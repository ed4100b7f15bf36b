/* The result file on disk; result_line.c has its lines. */
#include "services/netra/result_file.h"

#include "services/netra/file.h"
#include "services/netra/line_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status fail(struct diag *diag, const char *path, const char *what)
{
    diag_set(diag, "%s: %s: %s", path, what, strerror(errno));
    return STATUS_SYSTEM_FAILED;
}

static enum status take_line(struct result_file *file, const struct result_line *line)
{
    if (line->row > file->state_count)
        return STATUS_MALFORMED;
    struct row_state *state = &file->states[line->row - 1];

    memcpy(state->id, line->id, UUID_SIZE);
    state->kind = (uint8_t)line->kind;
    return STATUS_OK;
}

#define ORIGIN_BYTES 255u /* the configuration's limit */
#define ORIGIN_LINE_BEGIN "{\"origin\":\""

struct loading {
    struct result_file *file;
    const char *path;
    const char *origin;
    result_seen seen;
    void *self;
    struct diag *diag;
    struct line_reader reader;
    uint8_t line[RESULT_LINE_BYTES];
};

/* Rows are numbered by the imported file's lines, of which blank ones are never written here: the
 * highest row is only known after a first look. */
static enum status highest_row(struct loading *loading, uint64_t *ret_row)
{
    struct line line = {.is_there = true};
    struct result_line parsed;

    line_reader_start(&loading->reader, loading->file->descriptor);
    while (line.is_there) {
        if (line_reader_next(&loading->reader, loading->line, sizeof loading->line, &line) !=
            STATUS_OK)
            return fail(loading->diag, loading->path, "can't be read");
        if (result_line_parse(view_of(loading->line, line.size), &parsed, NULL) == STATUS_OK &&
            parsed.row > *ret_row)
            *ret_row = parsed.row;
    }
    return lseek(loading->file->descriptor, 0, SEEK_SET) == 0
               ? STATUS_OK
               : fail(loading->diag, loading->path, "can't be read again");
}

static bool is_origin_line(const char *line, size_t size)
{
    const size_t begin = sizeof ORIGIN_LINE_BEGIN - 1;

    return size >= begin && memcmp(line, ORIGIN_LINE_BEGIN, begin) == 0;
}

/* Begins a new file, or one whose first line a crash tore, with whose receipts it holds. */
static enum status begin_with(const struct loading *loading, const char *line, size_t size)
{
    const int descriptor = loading->file->descriptor;

    if (ftruncate(descriptor, 0) != 0 || write(descriptor, line, size) != (ssize_t)size ||
        fdatasync(descriptor) != 0)
        return fail(loading->diag, loading->path, "can't be begun");
    return STATUS_OK;
}

/* What was handed in elsewhere must not pass for handed in here. */
static enum status check_origin(const struct loading *loading)
{
    char wanted[ORIGIN_BYTES + 32];
    char found[sizeof wanted];
    const int length =
        snprintf(wanted, sizeof wanted, ORIGIN_LINE_BEGIN "%s\"}\n", loading->origin);
    const ssize_t got = pread(loading->file->descriptor, found, sizeof found, 0);

    if (length < 0 || (size_t)length >= sizeof wanted)
        return fail(loading->diag, loading->path, "the origin is too long");
    if (got < 0)
        return fail(loading->diag, loading->path, "can't be read");
    const size_t size = (size_t)length;
    const size_t common = (size_t)got < size ? (size_t)got : size;

    if (memcmp(found, wanted, common) == 0)
        return common == size ? STATUS_OK : begin_with(loading, wanted, size);
    diag_set(loading->diag,
             "%s: it doesn't begin with this installation's origin, %s; move it away",
             loading->path, loading->origin);
    return STATUS_RESULTS_OF_OTHER_LOG;
}

/* Whether the line is the file's last: then it may be torn. */
static bool is_last(struct loading *loading, const struct line *line)
{
    struct stat about;

    return !line->has_newline || (fstat(loading->file->descriptor, &about) == 0 &&
                                  (uint64_t)about.st_size == loading->reader.offset);
}

static enum status load(struct loading *loading)
{
    struct line line = {.is_there = true};
    struct result_line parsed;

    line_reader_start(&loading->reader, loading->file->descriptor);
    for (uint64_t number = 1;; number++) {
        if (line_reader_next(&loading->reader, loading->line, sizeof loading->line, &line) !=
            STATUS_OK)
            return fail(loading->diag, loading->path, "can't be read");
        if (!line.is_there)
            return STATUS_OK;
        enum status status = STATUS_MALFORMED;

        if (number == 1 && is_origin_line((const char *)loading->line, line.size))
            continue;
        if (line.has_newline && !line.is_too_long)
            status = result_line_parse(view_of(loading->line, line.size), &parsed, loading->diag);
        if (status == STATUS_OK)
            status = take_line(loading->file, &parsed);
        if (status != STATUS_OK && is_last(loading, &line))
            return ftruncate(loading->file->descriptor, (off_t)line.offset) == 0
                       ? STATUS_OK
                       : fail(loading->diag, loading->path, "its torn last line can't be cut off");
        if (status != STATUS_OK) {
            diag_prefix(loading->diag, "%s line %llu", loading->path, (unsigned long long)number);
            return status;
        }
        if (loading->seen != NULL)
            loading->seen(loading->self, &parsed);
    }
}

static enum status open_locked(struct result_file *file, const char *path, struct diag *diag)
{
    file->descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file->descriptor < 0)
        return fail(diag, path, "can't be opened");
    if (flock(file->descriptor, LOCK_EX | LOCK_NB) != 0) {
        diag_set(diag, "%s: another import works on it", path);
        return STATUS_ALREADY_RUNNING;
    }
    return file_sync_folder_of(path) ? STATUS_OK : fail(diag, path, "its folder can't be synced");
}

static enum status open_and_load(struct result_file *file, struct loading *loading)
{
    TRY(open_locked(file, loading->path, loading->diag));
    TRY(check_origin(loading));
    TRY(highest_row(loading, &file->state_count));
    if (file->state_count == 0)
        return load(loading);
    size_t size = 0;

    if (__builtin_mul_overflow(file->state_count, sizeof(struct row_state), &size) ||
        arena_open(&file->arena, size) != STATUS_OK)
        return fail(loading->diag, loading->path, "names too many rows");
    file->states = arena_take(&file->arena, size);
    return load(loading);
}

bool result_file_path(const char *imported, char *path, size_t size)
{
    static const char ending[] = ".jsonl";
    const size_t ending_size = sizeof ending - 1;
    size_t stem = strlen(imported);

    if (stem > ending_size && strcmp(imported + stem - ending_size, ending) == 0)
        stem -= ending_size;
    const int length = snprintf(path, size, "%.*s.result.jsonl", (int)stem, imported);

    return length > 0 && (size_t)length < size;
}

enum status result_file_open(struct result_file *file, const char *path, const char *origin,
                             result_seen seen, void *self, struct diag *diag)
{
    struct loading loading = {
        .file = file, .path = path, .origin = origin, .seen = seen, .self = self, .diag = diag};

    file->descriptor = -1;
    file->states = NULL;
    file->state_count = 0;
    file->arena = (struct arena){.base = NULL};
    file->pending = 0;
    const enum status status = open_and_load(file, &loading);

    if (status != STATUS_OK)
        result_file_close(file);
    return status;
}

struct row_state result_file_row(const struct result_file *file, uint64_t row)
{
    if (row == 0 || row > file->state_count)
        return (struct row_state){.kind = RESULT_NONE};
    return file->states[row - 1];
}

enum status result_file_add(struct result_file *file, const struct result_line *line)
{
    if (sizeof file->buffer - file->pending < RESULT_LINE_BYTES)
        TRY(result_file_flush(file));
    file->pending += result_line_write(line, file->buffer + file->pending);
    return STATUS_OK;
}

enum status result_file_flush(struct result_file *file)
{
    size_t written = 0;

    while (written < file->pending) {
        const ssize_t size =
            write(file->descriptor, file->buffer + written, file->pending - written);

        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return errno == ENOSPC || errno == EDQUOT ? STATUS_STORE_FULL : STATUS_SYSTEM_FAILED;
        written += (size_t)size;
    }
    file->pending = 0;
    return STATUS_OK;
}

enum status result_file_sync(struct result_file *file)
{
    TRY(result_file_flush(file));
    return fdatasync(file->descriptor) == 0 ? STATUS_OK : STATUS_STORE_SYNC_FAILED;
}

void result_file_close(struct result_file *file)
{
    if (file->descriptor >= 0)
        (void)close(file->descriptor);
    file->descriptor = -1;
    arena_close(&file->arena);
    file->states = NULL;
    file->state_count = 0;
}
