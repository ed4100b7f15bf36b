/*
 * Signed notes, checkpoints and verifier keys (note.c). The first byte says: the note of somebody
 * else; a text that we sign ourselves and then change; a checkpoint's text; a verifier key.
 */
#include "common/base/bytes.h"
#include "services/audit-log/note.h"
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

#define PETER_VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define NAME "demo.invalid/fuzz"

static uint8_t secret_key[NOTE_SECRET_KEY_SIZE];

static struct note_key make_key(enum note_key_type type)
{
    static const uint8_t seed[32] = {9};
    uint8_t public_key[NOTE_PUBLIC_KEY_SIZE];
    struct note_key key;
    FUZZ_CHECK(crypto_sign_seed_keypair(public_key, secret_key, seed) == 0);
    FUZZ_CHECK(note_key_make(view_of_text(NAME), type, public_key, &key) == STATUS_OK);
    return key;
}

/* Whether it is within the outer. */
static bool is_part(struct view inner, struct view outer)
{
    return inner.bytes >= outer.bytes && inner.size <= outer.size &&
           inner.bytes + inner.size <= outer.bytes + outer.size;
}

static void foreign(struct view rest, struct arena *arena)
{
    struct note_key keys[3] = {make_key(NOTE_KEY_ED25519), make_key(NOTE_KEY_COSIGNATURE)};
    struct note_checkpoint checkpoint;
    (void)arena;
    FUZZ_CHECK(note_key_parse(view_of_text(PETER_VKEY), &keys[2]) == STATUS_OK);
    for (unsigned i = 0; i < 3; i++) {
        struct view text;
        uint64_t time = 0;
        enum status status = note_verify(rest, &keys[i], &text, &time);
        if (status != STATUS_OK) {
            fuzz_check_refused(status, NULL);
            continue;
        }
        FUZZ_CHECK(text.size > 0 && is_part(text, rest) && text.bytes[text.size - 1] == '\n');
    }
    enum status status = note_checkpoint_verify(rest, &keys[0], &checkpoint);
    if (status != STATUS_OK)
        fuzz_check_refused(status, NULL);
}

static void own(struct view rest, struct arena *arena)
{
    struct note_key key = make_key(NOTE_KEY_ED25519);
    struct view note, found;
    uint64_t time = 1;
    uint16_t place = (uint16_t)(fuzz_take_byte(&rest) << 8);
    place |= fuzz_take_byte(&rest);
    enum status status = note_sign(rest, &key, secret_key, arena, &note);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, NULL);
        return;
    }
    status = note_verify(note, &key, &found, &time);
    FUZZ_CHECK(status == STATUS_OK || (status == STATUS_FRAME_TOO_LARGE && note.size > 65536));
    if (status != STATUS_OK)
        return;
    FUZZ_CHECK(view_equals(found, rest) && time == 0);
    uint8_t *changed = arena_copy(arena, note);
    changed[place % note.size] ^= (uint8_t)(1u << (place >> 13));
    status = note_verify(view_of(changed, note.size), &key, &found, &time);
    FUZZ_CHECK(status != STATUS_OK);
}

static void checkpoint_text(struct view rest, struct arena *arena)
{
    struct note_key key = make_key(NOTE_KEY_ED25519);
    struct note_checkpoint first, second;
    struct view note;
    enum status status = note_checkpoint_parse(rest, &first);
    if (status != STATUS_OK) {
        FUZZ_CHECK(status == STATUS_MALFORMED);
        return;
    }
    FUZZ_CHECK(first.size <= INT64_MAX && first.origin.size > 0);
    FUZZ_CHECK(is_part(first.origin, rest));
    FUZZ_CHECK(note_checkpoint_sign(first.size, first.root, &key, secret_key, arena, &note) ==
               STATUS_OK);
    FUZZ_CHECK(note_checkpoint_verify(note, &key, &second) == STATUS_OK);
    FUZZ_CHECK(first.size == second.size);
    FUZZ_CHECK(memcmp(first.root, second.root, SHA256_SIZE) == 0);
    /* Of all texts that say this only one is taken: ours begins with the same two lines. */
    struct view lines = view_of(rest.bytes + first.origin.size, rest.size - first.origin.size);
    struct view ours = view_of(note.bytes + second.origin.size, note.size - second.origin.size);
    const uint8_t *end = memchr(lines.bytes + 1, '\n', lines.size - 1);
    end = memchr(end + 1, '\n', (size_t)(lines.bytes + lines.size - end - 1));
    FUZZ_CHECK(memcmp(lines.bytes, ours.bytes, (size_t)(end - lines.bytes) + 1) == 0);
}

static void verifier_key(struct view rest, struct arena *arena)
{
    struct note_key key;
    struct view text;
    enum status status = note_key_parse(rest, &key);
    if (status != STATUS_OK) {
        FUZZ_CHECK(status == STATUS_MALFORMED);
        return;
    }
    FUZZ_CHECK(note_key_write(&key, arena, &text) == STATUS_OK);
    FUZZ_CHECK(view_equals(text, rest));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {foreign, own, checkpoint_text, verifier_key};
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
