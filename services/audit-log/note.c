/* C2SP signed notes and checkpoints; the formats stand in note.h. */
#include "services/audit-log/note.h"

#include "common/base/bytes.h"
#include "common/base/invariant.h"
#include "common/wire/utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define BASE64 sodium_base64_VARIANT_ORIGINAL /* RFC 4648 section 4, with padding */
#define VKEY_BYTES (1u + NOTE_PUBLIC_KEY_SIZE)
#define VKEY_BASE64 44u
#define ROOT_BASE64 44u
#define ED25519_SIZE 64u
#define ED25519_LINE_BASE64 92u /* of 4 + 64 bytes */
#define TIME_SIZE 8u
#define SIGNATURE_KEPT_MAX (NOTE_KEY_ID_SIZE + TIME_SIZE + ED25519_SIZE)
#define CHUNK_BASE64 1024u
#define CHUNK_BYTES 768u
#define COSIGNATURE_START_MAX 64u /* "cosignature/v1\n" | "time " | 20 digits | "\n" */
#define DECIMAL_DIGITS_MAX 20u    /* of 2^64 - 1 */

static const char line_start[] = "\xE2\x80\x94 ";

/* Takes what stands before the first `end` off the front, and `end` too. */
static bool take_until(struct view *rest, char end, struct view *ret_part)
{
    const uint8_t *at = rest->size == 0 ? NULL : memchr(rest->bytes, end, rest->size);
    size_t size;

    if (at == NULL)
        return false;
    size = (size_t)(at - rest->bytes);
    *ret_part = view_of(rest->bytes, size);
    *rest = view_of(at + 1, rest->size - size - 1);
    return true;
}

static bool take_text(struct view *rest, const char *text)
{
    size_t size = strlen(text);

    if (rest->size < size || memcmp(rest->bytes, text, size) != 0)
        return false;
    *rest = view_of(rest->bytes + size, rest->size - size);
    return true;
}

static bool is_ascii(struct view text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.bytes[i] >= 0x80)
            return false;
    return true;
}

/*
 * Decodes canonical base64 and keeps the first `keep_max` bytes of it. libsodium refuses wrong
 * characters of ASCII (1.0.18 takes every byte above for some letter), missing padding and spare
 * bits that are not zero; in chunks, so that a signature of
 * any size can be checked and passed over. Padding may only end the last chunk.
 */
static bool decode_base64(struct view text, uint8_t *kept, size_t keep_max, size_t *ret_size)
{
    size_t total = 0;

    if (!is_ascii(text))
        return false;
    while (text.size > 0) {
        size_t chunk_size = text.size < CHUNK_BASE64 ? text.size : CHUNK_BASE64;
        uint8_t chunk[CHUNK_BYTES];
        size_t size;

        if (sodium_base642bin(chunk, sizeof(chunk), (const char *)text.bytes, chunk_size, NULL,
                              &size, NULL, BASE64) != 0)
            return false;
        text = view_of(text.bytes + chunk_size, text.size - chunk_size);
        if (text.size > 0 && size != CHUNK_BYTES)
            return false;
        for (size_t i = 0; i < size && total + i < keep_max; i++)
            kept[total + i] = chunk[i];
        total += size;
    }
    *ret_size = total;
    return true;
}

/* Exactly `size` bytes of base64. */
static bool decode_exactly(struct view text, uint8_t *bytes, size_t size)
{
    size_t decoded;

    return decode_base64(text, bytes, size, &decoded) && decoded == size;
}

/* UTF-8 without control characters but newlines. */
static bool is_note_text(struct view text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.bytes[i] < 0x20 && text.bytes[i] != '\n')
            return false;
    return utf8_is_valid(text);
}

/* Unicode's white space beyond ASCII, in UTF-8. */
static const char *const wide_spaces[] = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
};

static bool is_name(struct view name)
{
    if (name.size == 0 || name.size > NOTE_NAME_BYTES_MAX || !utf8_is_valid(name))
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (name.bytes[i] <= 0x20 || name.bytes[i] == '+')
            return false;
    for (size_t i = 0; i < sizeof(wide_spaces) / sizeof(wide_spaces[0]); i++)
        if (memmem(name.bytes, name.size, wide_spaces[i], strlen(wide_spaces[i])) != NULL)
            return false;
    return true;
}

enum status note_key_make(struct view name, enum note_key_type type,
                          const uint8_t public_key[NOTE_PUBLIC_KEY_SIZE], struct note_key *ret_key)
{
    const uint8_t type_byte = (uint8_t)type;
    const struct view parts[] = {
        name,
        view_of("\n", 1),
        view_of(&type_byte, 1),
        view_of(public_key, NOTE_PUBLIC_KEY_SIZE),
    };
    uint8_t digest[SHA256_SIZE];

    if (!is_name(name))
        return STATUS_MALFORMED;
    sha256_of_parts(parts, 4, digest);
    *ret_key = (struct note_key){.name = name, .type = type};
    memcpy(ret_key->key_id, digest, NOTE_KEY_ID_SIZE);
    memcpy(ret_key->public_key, public_key, NOTE_PUBLIC_KEY_SIZE);
    return STATUS_OK;
}

enum status note_key_parse(struct view text, struct note_key *ret_key)
{
    char want_id[2 * NOTE_KEY_ID_SIZE + 1];
    uint8_t key[VKEY_BYTES];
    struct view name;
    struct view id;

    /* base64 has plus signs of its own: only the first two part. What is left is the key. */
    if (!take_until(&text, '+', &name) || !take_until(&text, '+', &id) ||
        !decode_exactly(text, key, sizeof(key)) ||
        (key[0] != NOTE_KEY_ED25519 && key[0] != NOTE_KEY_COSIGNATURE))
        return STATUS_MALFORMED;
    TRY(note_key_make(name, key[0] == NOTE_KEY_ED25519 ? NOTE_KEY_ED25519 : NOTE_KEY_COSIGNATURE,
                      key + 1, ret_key));
    bytes_to_hex(view_of(ret_key->key_id, NOTE_KEY_ID_SIZE), want_id);
    return view_equals(id, view_of_text(want_id)) ? STATUS_OK : STATUS_MALFORMED;
}

enum status note_key_write(const struct note_key *key, struct arena *arena, struct view *ret_text)
{
    char id[2 * NOTE_KEY_ID_SIZE + 1];
    char base64[VKEY_BASE64 + 1];
    uint8_t bytes[VKEY_BYTES];
    size_t size = key->name.size + 1 + 2 * NOTE_KEY_ID_SIZE + 1 + VKEY_BASE64;
    char *text = arena_take(arena, size + 1);

    if (text == NULL)
        return STATUS_NO_MEMORY;
    bytes[0] = (uint8_t)key->type;
    memcpy(bytes + 1, key->public_key, NOTE_PUBLIC_KEY_SIZE);
    bytes_to_hex(view_of(key->key_id, NOTE_KEY_ID_SIZE), id);
    (void)sodium_bin2base64(base64, sizeof(base64), bytes, sizeof(bytes), BASE64);
    (void)snprintf(text, size + 1, "%.*s+%s+%s", (int)key->name.size,
                   (const char *)key->name.bytes, id, base64);
    *ret_text = view_of(text, size);
    return STATUS_OK;
}

enum status note_sign(struct view text, const struct note_key *key,
                      const uint8_t secret_key[NOTE_SECRET_KEY_SIZE], struct arena *arena,
                      struct view *ret_note)
{
    uint8_t signature[NOTE_KEY_ID_SIZE + ED25519_SIZE];
    char base64[ED25519_LINE_BASE64 + 1];
    size_t line_size = 1 + strlen(line_start) + key->name.size + 1 + ED25519_LINE_BASE64 + 1;
    char *note;

    INVARIANT(key->type == NOTE_KEY_ED25519);
    INVARIANT(memcmp(secret_key + 32, key->public_key, NOTE_PUBLIC_KEY_SIZE) == 0);
    if (text.size == 0 || text.bytes[text.size - 1] != '\n' || !is_note_text(text))
        return STATUS_MALFORMED;
    note = arena_take(arena, text.size + line_size + 1);
    if (note == NULL)
        return STATUS_NO_MEMORY;

    memcpy(signature, key->key_id, NOTE_KEY_ID_SIZE);
    (void)crypto_sign_detached(signature + NOTE_KEY_ID_SIZE, NULL, text.bytes, text.size,
                               secret_key);
    (void)sodium_bin2base64(base64, sizeof(base64), signature, sizeof(signature), BASE64);
    memcpy(note, text.bytes, text.size);
    (void)snprintf(note + text.size, line_size + 1, "\n%s%.*s %s\n", line_start,
                   (int)key->name.size, (const char *)key->name.bytes, base64);
    *ret_note = view_of(note, text.size + line_size);
    return STATUS_OK;
}

/* Splits at the last blank line: a text may have blank lines of its own. */
static bool split_note(struct view note, struct view *ret_text, struct view *ret_lines)
{
    for (size_t at = note.size; at >= 2; at--) {
        if (note.bytes[at - 2] != '\n' || note.bytes[at - 1] != '\n')
            continue;
        *ret_text = view_of(note.bytes, at - 1);
        *ret_lines = view_of(note.bytes + at, note.size - at);
        return true;
    }
    return false;
}

static enum status verify_ed25519(const struct note_key *key, struct view text,
                                  const uint8_t *signature)
{
    if (crypto_sign_verify_detached(signature, text.bytes, text.size, key->public_key) != 0)
        return STATUS_SIGNATURE_INVALID;
    return STATUS_OK;
}

/* What is cosigned has two lines before the text, and libsodium verifies one run of bytes: the two
 * are put together here, in a buffer as large as any note's text. */
static enum status verify_cosignature(const struct note_key *key, struct view text,
                                      const uint8_t *signature, uint64_t *ret_time)
{
    uint8_t message[NOTE_BYTES_MAX + 64];
    uint64_t time = bytes_get_u64(signature);
    int start =
        snprintf((char *)message, 64, "cosignature/v1\ntime %llu\n", (unsigned long long)time);

    if (time == 0 || time > INT64_MAX)
        return STATUS_SIGNATURE_INVALID;
    memcpy(message + start, text.bytes, text.size);
    TRY(verify_ed25519(key, view_of(message, (size_t)start + text.size), signature + TIME_SIZE));
    *ret_time = time;
    return STATUS_OK;
}

/* One signature line, without its newline. STATUS_NOT_FOUND: it is another key's. */
static enum status verify_line(struct view line, const struct note_key *key, struct view text,
                               uint64_t *ret_time)
{
    uint8_t kept[SIGNATURE_KEPT_MAX];
    struct view name;
    size_t size;
    bool is_cosignature = key->type == NOTE_KEY_COSIGNATURE;

    if (!take_text(&line, line_start) || !take_until(&line, ' ', &name) || !is_name(name) ||
        !decode_base64(line, kept, sizeof(kept), &size) || size <= NOTE_KEY_ID_SIZE)
        return STATUS_MALFORMED;
    if (!view_equals(name, key->name) || memcmp(kept, key->key_id, NOTE_KEY_ID_SIZE) != 0)
        return STATUS_NOT_FOUND;
    if (size != NOTE_KEY_ID_SIZE + (is_cosignature ? TIME_SIZE : 0) + ED25519_SIZE)
        return STATUS_SIGNATURE_INVALID;
    if (is_cosignature)
        return verify_cosignature(key, text, kept + NOTE_KEY_ID_SIZE, ret_time);
    return verify_ed25519(key, text, kept + NOTE_KEY_ID_SIZE);
}

enum status note_verify(struct view note, const struct note_key *key, struct view *ret_text,
                        uint64_t *ret_time)
{
    enum status verdict = STATUS_NOT_FOUND;
    struct view text;
    struct view lines;
    struct view line;
    uint64_t time = 0;
    size_t count = 0;

    if (note.size > NOTE_BYTES_MAX)
        return STATUS_FRAME_TOO_LARGE;
    if (!is_note_text(note) || !split_note(note, &text, &lines) || lines.size == 0)
        return STATUS_MALFORMED;
    while (lines.size > 0) {
        enum status status;

        if (++count > NOTE_SIGNATURES_MAX)
            return STATUS_FRAME_TOO_LARGE;
        if (!take_until(&lines, '\n', &line))
            return STATUS_MALFORMED;
        status = verify_line(line, key, text, &time);
        if (status == STATUS_OK)
            verdict = STATUS_OK;
        else if (status != STATUS_NOT_FOUND)
            return status;
    }
    if (verdict != STATUS_OK)
        return verdict;
    *ret_text = text;
    *ret_time = time;
    return STATUS_OK;
}

/* Decimal without leading zeros, below 2^63. */
static bool parse_size(struct view text, uint64_t *ret_size)
{
    uint64_t size = 0;

    if (text.size == 0 || (text.size > 1 && text.bytes[0] == '0'))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9' ||
            __builtin_mul_overflow(size, 10, &size) ||
            __builtin_add_overflow(size, text.bytes[i] - '0', &size) || size > INT64_MAX)
            return false;
    }
    *ret_size = size;
    return true;
}

enum status note_checkpoint_parse(struct view text, struct note_checkpoint *ret_checkpoint)
{
    struct note_checkpoint checkpoint;
    struct view size;
    struct view root;
    struct view extension;

    if (!is_note_text(text) || !take_until(&text, '\n', &checkpoint.origin) ||
        checkpoint.origin.size == 0 || !take_until(&text, '\n', &size) ||
        !parse_size(size, &checkpoint.size) || !take_until(&text, '\n', &root) ||
        !decode_exactly(root, checkpoint.root, SHA256_SIZE))
        return STATUS_MALFORMED;
    while (text.size > 0)
        if (!take_until(&text, '\n', &extension) || extension.size == 0)
            return STATUS_MALFORMED;
    *ret_checkpoint = checkpoint;
    return STATUS_OK;
}

enum status note_checkpoint_sign(uint64_t size, const uint8_t root[SHA256_SIZE],
                                 const struct note_key *key,
                                 const uint8_t secret_key[NOTE_SECRET_KEY_SIZE],
                                 struct arena *arena, struct view *ret_note)
{
    char text[NOTE_NAME_BYTES_MAX + 1 + DECIMAL_DIGITS_MAX + 1 + ROOT_BASE64 + 1 + 1];
    char base64[ROOT_BASE64 + 1];

    if (size > INT64_MAX)
        return STATUS_OUT_OF_RANGE;
    INVARIANT(is_name(key->name));
    (void)sodium_bin2base64(base64, sizeof(base64), root, SHA256_SIZE, BASE64);
    (void)snprintf(text, sizeof(text), "%.*s\n%llu\n%s\n", (int)key->name.size,
                   (const char *)key->name.bytes, (unsigned long long)size, base64);
    return note_sign(view_of_text(text), key, secret_key, arena, ret_note);
}

enum status note_checkpoint_verify(struct view note, const struct note_key *key,
                                   struct note_checkpoint *ret_checkpoint)
{
    struct note_checkpoint checkpoint;
    struct view text;
    uint64_t time;

    INVARIANT(key->type == NOTE_KEY_ED25519);
    TRY(note_verify(note, key, &text, &time));
    TRY(note_checkpoint_parse(text, &checkpoint));
    if (!view_equals(checkpoint.origin, key->name))
        return STATUS_VERIFICATION_FAILED;
    *ret_checkpoint = checkpoint;
    return STATUS_OK;
}
