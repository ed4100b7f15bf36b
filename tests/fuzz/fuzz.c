/* The claims' end, the arena, the file. */
#include "tests/fuzz/fuzz.h"

#include "common/wire/limits.h"
#include "common/wire/utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_BYTES (2u * LIMIT_UNPACKED_BYTES)

_Noreturn void fuzz_failed(const char *claim, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
    abort();
}

static struct arena arena;

struct arena *fuzz_arena(void)
{
    if (arena.base == NULL) {
        FUZZ_CHECK(sodium_init() >= 0);
        FUZZ_CHECK(arena_open(&arena, ARENA_BYTES) == STATUS_OK);
    }
    arena_reset(&arena);
    return &arena;
}

void fuzz_done(void)
{
    FUZZ_CHECK(!arena.is_exhausted);
}

bool fuzz_has_canary(const char *text)
{
    return strstr(text, FUZZ_CANARY) != NULL;
}

bool fuzz_is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if ((byte < 0x20 && byte != '\n') || byte == 0x7f)
            return false;
    }
    return true;
}

void fuzz_check_table_refused(enum status status, const struct diag *diag)
{
    FUZZ_CHECK(status > STATUS_OK && status < STATUS_COUNT);
    FUZZ_CHECK(status != STATUS_NO_MEMORY);
    FUZZ_CHECK(status_class_of(status) != STATUS_CLASS_FATAL || status == STATUS_CONFIG_INVALID ||
               status == STATUS_CONFIG_MISSING || status == STATUS_KEY_FILE_INVALID);
    if (diag == NULL)
        return;
    FUZZ_CHECK(memchr(diag->text, '\0', sizeof diag->text) != NULL);
    FUZZ_CHECK(diag->text[0] != '\0');
    FUZZ_CHECK(fuzz_is_printable(diag->text) && utf8_is_valid(view_of_text(diag->text)));
}

void fuzz_check_refused(enum status status, const struct diag *diag)
{
    fuzz_check_table_refused(status, diag);
    FUZZ_CHECK(diag == NULL || !fuzz_has_canary(diag->text));
}

/* ---- inputs in parts ---- */

struct view fuzz_take(struct view *rest, size_t size)
{
    size_t taken = size < rest->size ? size : rest->size;
    struct view part = view_of(rest->bytes, taken);
    if (taken > 0)
        *rest = view_of(rest->bytes + taken, rest->size - taken);
    return part;
}

void fuzz_take_into(struct view *rest, uint8_t *to, size_t size)
{
    struct view part = fuzz_take(rest, size);
    memset(to, 0, size);
    if (part.size > 0)
        memcpy(to, part.bytes, part.size);
}

uint8_t fuzz_take_byte(struct view *rest)
{
    uint8_t byte = 0;
    fuzz_take_into(rest, &byte, 1);
    return byte;
}

struct view fuzz_take_text(struct view *rest)
{
    const uint8_t *end = rest->size == 0 ? NULL : memchr(rest->bytes, 0xff, rest->size);
    struct view text = fuzz_take(rest, end == NULL ? rest->size : (size_t)(end - rest->bytes));
    (void)fuzz_take_byte(rest);
    return text;
}

char *fuzz_text(struct view bytes)
{
    char *text = malloc(bytes.size + 1);
    FUZZ_CHECK(text != NULL);
    if (bytes.size > 0)
        memcpy(text, bytes.bytes, bytes.size);
    text[bytes.size] = '\0';
    return text;
}

const char *fuzz_file(struct view bytes)
{
    static int descriptor = -1;
    static char path[64];
    if (descriptor < 0) {
        descriptor = memfd_create("fuzz", MFD_CLOEXEC);
        FUZZ_CHECK(descriptor >= 0 && fchmod(descriptor, 0600) == 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    }
    FUZZ_CHECK(ftruncate(descriptor, 0) == 0);
    FUZZ_CHECK(bytes.size == 0 ||
               pwrite(descriptor, bytes.bytes, bytes.size, 0) == (ssize_t)bytes.size);
    return path;
}

static char home[128];
static char conf[sizeof home + 8];
static char named[4][sizeof conf + 32];
static unsigned named_count;

static void remove_home(void)
{
    for (unsigned i = 0; i < named_count; i++)
        (void)unlink(named[i]);
    (void)rmdir(conf);
    (void)rmdir(home);
}

const char *fuzz_home(void)
{
    if (conf[0] != '\0')
        return home;
    const char *folder = getenv("TMPDIR");
    int size =
        snprintf(home, sizeof home, "%s/netra-fuzz-XXXXXX", folder == NULL ? "/tmp" : folder);
    FUZZ_CHECK(size > 0 && size < (int)sizeof home && mkdtemp(home) != NULL);
    (void)snprintf(conf, sizeof conf, "%s/conf", home);
    FUZZ_CHECK(mkdir(conf, 0700) == 0 && atexit(remove_home) == 0);
    return home;
}

const char *fuzz_file_named(struct view bytes, const char *name)
{
    const char *file = fuzz_file(bytes);
    char path[sizeof named[0]];
    (void)fuzz_home();
    (void)snprintf(path, sizeof path, "%s/%s", conf, name);
    for (unsigned i = 0; i < named_count; i++)
        if (strcmp(named[i], path) == 0)
            return named[i];
    FUZZ_CHECK(named_count < sizeof named / sizeof named[0] && symlink(file, path) == 0);
    memcpy(named[named_count], path, sizeof path);
    return named[named_count++];
}

void fuzz_decode(const fuzz_decoder *decoders, size_t count, const uint8_t *bytes, size_t size)
{
    if (size == 0 || bytes[0] >= count)
        return;
    decoders[bytes[0]](view_of(bytes + 1, size - 1), fuzz_arena());
    fuzz_done();
}

/* ---- chance ---- */

static void fill_counting(void *self, uint8_t *bytes, size_t size)
{
    uint8_t *next = self;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (*next)++;
}

struct random_source fuzz_random(void)
{
    static uint8_t next;
    next = 1;
    return (struct random_source){.fill = fill_counting, .self = &next};
}
