/*
 * Key files, read and written. One table of fields per kind of file drives the reading; texts with
 * secrets are wiped when their scope ends. A file is made under another name and linked into
 * place: with its own name it is whole, and no key is ever written over.
 */
#include "common/service/key_file.h"

#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "common/base/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_LINE "netra-key/v1\n"
#define FILE_BYTES_MAX 1024u /* five lines of at most 78 bytes, and room for a clear refusal */
#define HEX_DIGITS 64u

/* One line's value: 32 bytes, or the epoch. */
struct field {
    const char *name;
    uint8_t *bytes; /* 32 bytes; NULL: a number */
    uint32_t *number;
    bool is_optional;
    bool is_read;
};

/* The file's text; wiped when its scope ends. */
struct text {
    char bytes[FILE_BYTES_MAX + 1];
    size_t size;
};

static void wipe_text(struct text *text)
{
    sodium_memzero(text, sizeof(*text));
}

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}

void key_pair_draw(struct key_pair *ret_pair)
{
    (void)crypto_box_keypair(ret_pair->curve_public, ret_pair->curve_secret);
    randombytes_buf(ret_pair->sign_seed, sizeof(ret_pair->sign_seed));
    (void)crypto_sign_seed_keypair(ret_pair->sign_public, ret_pair->sign_secret,
                                   ret_pair->sign_seed);
}

void key_id_of(const uint8_t sign_public[32], const uint8_t curve_public[32], uint8_t key_id[4])
{
    uint8_t digest[SHA256_SIZE];
    const struct view parts[] = {
        view_of_text("netra-key-id/v1\n"),
        view_of(sign_public, 32),
        view_of(curve_public, 32),
    };
    sha256_of_parts(parts, sizeof(parts) / sizeof(parts[0]), digest);
    memcpy(key_id, digest, 4);
}

/* ---- writing ---- */

static enum status refuse_system(const char *path, const char *what, struct diag *diag)
{
    diag_set(diag, "%s: can't %s: %s", path, what, strerror(errno));
    return STATUS_SYSTEM_FAILED;
}

static bool write_all(int descriptor, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(descriptor, bytes, size);
        if (done < 0)
            return false;
        bytes += done;
        size -= (size_t)done;
    }
    return fsync(descriptor) == 0;
}

/* The new name is on disk only when the folder is. */
static bool sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int size = slash == NULL ? 1 : (int)(slash - path) + 1;
    (void)snprintf(folder, sizeof(folder), "%.*s", size, slash == NULL ? "." : path);
    CLEANUP(close_descriptor) int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return descriptor >= 0 && fsync(descriptor) == 0;
}

/* Writes under another name and links it, so that a file with the name is always whole. */
static enum status text_write(const char *path, const struct text *text, struct diag *diag)
{
    char draft[PATH_MAX];
    int size = snprintf(draft, sizeof(draft), "%s.%ld.new", path, (long)getpid());
    if (size < 0 || (size_t)size >= sizeof(draft)) {
        errno = ENAMETOOLONG;
        return refuse_system(path, "create it", diag);
    }
    CLEANUP(close_descriptor)
    int descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return refuse_system(path, "create it", diag);
    bool is_linked = write_all(descriptor, text->bytes, text->size) && link(draft, path) == 0;
    int reason = errno;
    (void)unlink(draft);
    errno = reason;
    if (!is_linked && reason == EEXIST) {
        diag_set(diag, "%s: there is a file already; keys are never written over", path);
        return STATUS_NAME_TAKEN;
    }
    if (!is_linked)
        return refuse_system(path, "write it", diag);
    if (!sync_folder(path))
        return refuse_system(path, "sync its folder", diag);
    return STATUS_OK;
}

static void text_add(struct text *text, const char *name, const uint8_t bytes[32])
{
    char hex[HEX_DIGITS + 1];
    bytes_to_hex(view_of(bytes, 32), hex);
    text->size += (size_t)snprintf(text->bytes + text->size, sizeof(text->bytes) - text->size,
                                   "%s %s\n", name, hex);
    sodium_memzero(hex, sizeof(hex));
}

enum status key_pair_write(const char *path, const struct key_pair *pair, struct diag *diag)
{
    CLEANUP(wipe_text) struct text text = {.bytes = FIRST_LINE, .size = sizeof(FIRST_LINE) - 1};
    text_add(&text, "curve-secret", pair->curve_secret);
    text_add(&text, "curve-public", pair->curve_public);
    text_add(&text, "sign-seed", pair->sign_seed);
    text_add(&text, "sign-public", pair->sign_public);
    return text_write(path, &text, diag);
}

enum status key_secret_write(const char *path, const struct key_secret *secret, struct diag *diag)
{
    CLEANUP(wipe_text) struct text text = {.bytes = FIRST_LINE, .size = sizeof(FIRST_LINE) - 1};
    text_add(&text, "secret", secret->secret);
    if (secret->epoch != 0)
        text.size += (size_t)snprintf(text.bytes + text.size, sizeof(text.bytes) - text.size,
                                      "epoch %u\n", secret->epoch);
    return text_write(path, &text, diag);
}

/* ---- reading ---- */

static enum status refuse(const char *path, const char *rule, struct diag *diag)
{
    diag_set(diag, "%s: %s", path, rule);
    return STATUS_KEY_FILE_INVALID;
}

/* Never quotes the line: half of it may be a secret. */
static enum status refuse_line(unsigned line, const char *name, const char *rule,
                               struct diag *diag)
{
    diag_set(diag, "line %u: %s%s%s", line, name, name[0] == '\0' ? "" : ": ", rule);
    return STATUS_KEY_FILE_INVALID;
}

static enum status text_read(const char *path, struct text *text, struct diag *diag)
{
    CLEANUP(close_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (descriptor < 0 || fstat(descriptor, &about) != 0)
        return refuse(path, strerror(errno), diag);
    if (!S_ISREG(about.st_mode))
        return refuse(path, "not a regular file", diag);
    if ((about.st_mode & 077u) != 0)
        return refuse(path, "others may read or write it; expected mode 0600", diag);
    ssize_t got = 1;
    for (text->size = 0; got > 0 && text->size < FILE_BYTES_MAX; text->size += (size_t)got) {
        got = read(descriptor, text->bytes + text->size, FILE_BYTES_MAX - text->size);
        if (got < 0)
            return refuse(path, strerror(errno), diag);
    }
    if (got > 0)
        return refuse(path, "too large for a key file", diag);
    text->bytes[text->size] = '\0';
    if (strlen(text->bytes) != text->size)
        return refuse(path, "not a text", diag);
    return STATUS_OK;
}

static bool number_read(const char *value, size_t size, uint32_t *ret_number)
{
    uint64_t number = 0;
    if (size == 0 || size > 10 || value[0] == '0')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (value[i] < '0' || value[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(value[i] - '0');
    }
    *ret_number = (uint32_t)number;
    return number <= UINT32_MAX;
}

static enum status value_read(struct field *field, const char *value, size_t size, unsigned line,
                              struct diag *diag)
{
    if (field->is_read)
        return refuse_line(line, field->name, "is there a second time", diag);
    field->is_read = true;
    if (field->bytes == NULL)
        return number_read(value, size, field->number)
                   ? STATUS_OK
                   : refuse_line(line, field->name, "expected a whole number from 1", diag);
    char hex[HEX_DIGITS + 1] = {0};
    bool is_hex = size == HEX_DIGITS && strspn(value, "0123456789abcdef") == HEX_DIGITS;
    if (is_hex)
        memcpy(hex, value, HEX_DIGITS);
    is_hex = is_hex && bytes_from_hex(hex, field->bytes, 32);
    sodium_memzero(hex, sizeof(hex));
    return is_hex ? STATUS_OK
                  : refuse_line(line, field->name, "expected 64 lower-case hex digits", diag);
}

static enum status line_read(struct field *fields, size_t count, const char *text, size_t size,
                             unsigned line, struct diag *diag)
{
    for (size_t i = 0; i < count; i++) {
        size_t skip = strlen(fields[i].name);
        if (size > skip && strncmp(text, fields[i].name, skip) == 0 && text[skip] == ' ')
            return value_read(&fields[i], text + skip + 1, size - skip - 1, line, diag);
    }
    diag_set(diag, "line %u: expected one of:", line);
    for (size_t i = 0; i < count && diag != NULL; i++) {
        size_t used = strlen(diag->text);
        (void)snprintf(diag->text + used, sizeof(diag->text) - used, " %s", fields[i].name);
    }
    return STATUS_KEY_FILE_INVALID;
}

static enum status fields_read(const struct text *text, struct field *fields, size_t count,
                               struct diag *diag)
{
    const size_t skip = sizeof(FIRST_LINE) - 1;
    if (strncmp(text->bytes, FIRST_LINE, skip) != 0)
        return refuse_line(1, "", "not a key file; expected \"netra-key/v1\"", diag);
    unsigned line = 2;
    for (const char *at = text->bytes + skip; *at != '\0'; line++) {
        size_t size = strcspn(at, "\n");
        TRY(line_read(fields, count, at, size, line, diag));
        at += size + (at[size] == '\n' ? 1 : 0);
    }
    for (size_t i = 0; i < count; i++)
        if (!fields[i].is_read && !fields[i].is_optional)
            return refuse_line(line, fields[i].name, "is missing", diag);
    return STATUS_OK;
}

static enum status pair_check(struct key_pair *pair, struct diag *diag)
{
    uint8_t curve_public[32];
    uint8_t sign_public[32];
    (void)crypto_scalarmult_base(curve_public, pair->curve_secret);
    (void)crypto_sign_seed_keypair(sign_public, pair->sign_secret, pair->sign_seed);
    const char *stranger = "";
    if (memcmp(curve_public, pair->curve_public, sizeof(curve_public)) != 0)
        stranger = "curve-public is not the public key of curve-secret";
    else if (memcmp(sign_public, pair->sign_public, sizeof(sign_public)) != 0)
        stranger = "sign-public is not the public key of sign-seed";
    if (stranger[0] == '\0')
        return STATUS_OK;
    diag_set(diag, "%s", stranger);
    return STATUS_KEY_FILE_INVALID;
}

enum status key_pair_read(const char *path, struct key_pair *ret_pair, struct diag *diag)
{
    CLEANUP(wipe_text) struct text text = {.size = 0};
    struct field fields[] = {
        {.name = "curve-secret", .bytes = ret_pair->curve_secret},
        {.name = "curve-public", .bytes = ret_pair->curve_public},
        {.name = "sign-seed", .bytes = ret_pair->sign_seed},
        {.name = "sign-public", .bytes = ret_pair->sign_public},
    };
    TRY(text_read(path, &text, diag));
    enum status status = fields_read(&text, fields, sizeof(fields) / sizeof(fields[0]), diag);
    if (status == STATUS_OK)
        status = pair_check(ret_pair, diag);
    if (status != STATUS_OK) {
        sodium_memzero(ret_pair, sizeof(*ret_pair));
        diag_prefix(diag, "%s", path);
    }
    return status;
}

enum status key_secret_read(const char *path, struct key_secret *ret_secret, struct diag *diag)
{
    CLEANUP(wipe_text) struct text text = {.size = 0};
    struct field fields[] = {
        {.name = "secret", .bytes = ret_secret->secret},
        {.name = "epoch", .number = &ret_secret->epoch, .is_optional = true},
    };
    TRY(text_read(path, &text, diag));
    ret_secret->epoch = 0;
    enum status status = fields_read(&text, fields, sizeof(fields) / sizeof(fields[0]), diag);
    if (status != STATUS_OK) {
        sodium_memzero(ret_secret, sizeof(*ret_secret));
        diag_prefix(diag, "%s", path);
    }
    return status;
}
