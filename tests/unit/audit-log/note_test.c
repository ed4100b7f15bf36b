/* Signed notes by other people's examples (reference/audit.md 1.11), and by all that may be wrong
 * in one. */
#include "services/audit-log/note.h"

#include "common/base/bytes.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define ARENA_SIZE 262144u

/* golang.org/x/mod/sumdb/note, Example. */
#define PETER_VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_SKEY "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define PETER_TEXT                                               \
    "If you think cryptography is the answer to your problem,\n" \
    "then you don't know what your problem is.\n"
#define PETER_BASE64   \
    "x08go/ZJkuBS9UG/" \
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
#define PETER_LINE "\xE2\x80\x94 PeterNeumann " PETER_BASE64 "\n"

/* c2sp.org/signed-note. */
#define FOO_VKEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define FOO_TEXT "This is an example message.\n"
#define FOO_LINE                                                                                  \
    "\xE2\x80\x94 example.com/foo "                                                               \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM" \
    "="                                                                                           \
    "\n"

#define UNKNOWN_LINE "\xE2\x80\x94 somebody.example AAAAAAAA\n"
#define LINES_4(line) line line line line
#define LINES_16(line) LINES_4(line) LINES_4(line) LINES_4(line) LINES_4(line)

static int open_arena(void **state)
{
    static struct arena arena;

    *state = &arena;
    return sodium_init() < 0 || arena_open(&arena, ARENA_SIZE) != STATUS_OK;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

struct verify_case {
    const char *name;
    const char *note;
    const char *vkey;
    enum status want;
    const char *want_text;
};

static struct verify_case verifies[] = {
    {.name = "x/mod's example",
     .note = PETER_TEXT "\n" PETER_LINE,
     .vkey = PETER_VKEY,
     .want = STATUS_OK,
     .want_text = PETER_TEXT},
    {.name = "C2SP's example",
     .note = FOO_TEXT "\n" FOO_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_OK,
     .want_text = FOO_TEXT},
    {.name = "a key that didn't sign it",
     .note = FOO_TEXT "\n" FOO_LINE,
     .vkey = PETER_VKEY,
     .want = STATUS_NOT_FOUND},
    {.name = "an unknown line before ours is passed over",
     .note = FOO_TEXT "\n" UNKNOWN_LINE FOO_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_OK,
     .want_text = FOO_TEXT},
    {.name = "an unknown line after ours is passed over",
     .note = FOO_TEXT "\n" FOO_LINE UNKNOWN_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_OK,
     .want_text = FOO_TEXT},
    {.name = "our name with an unknown id is passed over",
     .note = FOO_TEXT "\n\xE2\x80\x94 example.com/foo AAAAAAAA\n" FOO_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_OK,
     .want_text = FOO_TEXT},
    {.name = "only unknown lines",
     .note = FOO_TEXT "\n" UNKNOWN_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_NOT_FOUND},
    {.name = "another text",
     .note = "This is an example massage.\n\n" FOO_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_SIGNATURE_INVALID},
    {.name = "a second line of ours that doesn't verify sinks it",
     .note = FOO_TEXT "\n" FOO_LINE "\xE2\x80\x94 example.com/foo Uw2QOgAA\n",
     .vkey = FOO_VKEY,
     .want = STATUS_SIGNATURE_INVALID},
    {.name = "sixteen lines",
     .note = FOO_TEXT "\n" LINES_16(FOO_LINE),
     .vkey = FOO_VKEY,
     .want = STATUS_OK,
     .want_text = FOO_TEXT},
    {.name = "seventeen lines",
     .note = FOO_TEXT "\n" LINES_16(FOO_LINE) UNKNOWN_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_FRAME_TOO_LARGE},
    {.name = "nothing", .note = "", .vkey = FOO_VKEY, .want = STATUS_MALFORMED},
    {.name = "no signature", .note = FOO_TEXT, .vkey = FOO_VKEY, .want = STATUS_MALFORMED},
    {.name = "a blank line and no signature",
     .note = FOO_TEXT "\n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "no blank line",
     .note = FOO_TEXT FOO_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "a line without its newline",
     .note = FOO_TEXT "\n" FOO_LINE "\xE2\x80\x94 a AAAAAAAA",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "a line that is none",
     .note = FOO_TEXT "\n" FOO_LINE "hello\n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "a hyphen for the dash",
     .note = FOO_TEXT "\n" FOO_LINE "- a AAAAAAAA\n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "a line without a name",
     .note = FOO_TEXT "\n" FOO_LINE "\xE2\x80\x94  AAAAAAAA\n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "a line with a key id alone",
     .note = FOO_TEXT "\n" FOO_LINE "\xE2\x80\x94 a AAAAAA==\n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "base64 without its padding",
     .note = FOO_TEXT "\n" FOO_LINE "\xE2\x80\x94 a AAAAAAA\n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "base64 with spare bits",
     .note = FOO_TEXT "\n" FOO_LINE "\xE2\x80\x94 a AAAAAAB=\n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "base64 with a space behind it",
     .note = FOO_TEXT "\n" FOO_LINE "\xE2\x80\x94 a AAAAAAAA \n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "base64 with letters that are not ASCII",
     .note = FOO_TEXT "\n" FOO_LINE "\xE2\x80\x94 a AAAA\xE3\x80\x80"
                      "A\n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "base64 for URLs",
     .note = FOO_TEXT "\n" FOO_LINE "\xE2\x80\x94 a AAAA_-AA\n",
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "a carriage return",
     .note = "This is an example message.\r\n\n" FOO_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
    {.name = "no UTF-8",
     .note = "This is an ex\xFFmple message.\n\n" FOO_LINE,
     .vkey = FOO_VKEY,
     .want = STATUS_MALFORMED},
};

static void test_note_verify(void **state)
{
    const struct verify_case *row = *state;
    struct note_key key;
    struct view text;
    uint64_t time = 1;

    assert_int_equal(note_key_parse(view_of_text(row->vkey), &key), STATUS_OK);
    assert_int_equal(note_verify(view_of_text(row->note), &key, &text, &time), row->want);
    if (row->want != STATUS_OK)
        return;
    assert_true(view_equals(text, view_of_text(row->want_text)));
    assert_int_equal(time, 0);
}

/* The secret key of x/mod's example: its text is base64(type | seed). */
static void make_peter(uint8_t secret_key[NOTE_SECRET_KEY_SIZE], struct note_key *key)
{
    uint8_t bytes[33];
    uint8_t public_key[NOTE_PUBLIC_KEY_SIZE];
    size_t size;

    assert_int_equal(sodium_base642bin(bytes, sizeof(bytes), PETER_SKEY, strlen(PETER_SKEY), NULL,
                                       &size, NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    assert_int_equal(crypto_sign_seed_keypair(public_key, secret_key, bytes + 1), 0);
    assert_int_equal(
        note_key_make(view_of_text("PeterNeumann"), NOTE_KEY_ED25519, public_key, key), STATUS_OK);
}

static void test_note_sign__x_mod_example__is_the_same_note(void **state)
{
    uint8_t secret_key[NOTE_SECRET_KEY_SIZE];
    struct note_key key;
    struct view bytes;

    make_peter(secret_key, &key);
    assert_int_equal(note_key_write(&key, *state, &bytes), STATUS_OK);
    assert_true(view_equals(bytes, view_of_text(PETER_VKEY)));
    assert_int_equal(note_sign(view_of_text(PETER_TEXT), &key, secret_key, *state, &bytes),
                     STATUS_OK);
    assert_true(view_equals(bytes, view_of_text(PETER_TEXT "\n" PETER_LINE)));
}

static void test_note_sign__text_with_blank_lines__is_split_at_the_last(void **state)
{
    static const char text[] = "one\n\ntwo\n\n\nthree\n";
    uint8_t secret_key[NOTE_SECRET_KEY_SIZE];
    struct note_key key;
    struct view note;
    struct view read;
    uint64_t time;

    make_peter(secret_key, &key);
    assert_int_equal(note_sign(view_of_text(text), &key, secret_key, *state, &note), STATUS_OK);
    assert_int_equal(note_verify(note, &key, &read, &time), STATUS_OK);
    assert_true(view_equals(read, view_of_text(text)));
}

static void test_note_sign__text_that_is_none__is_malformed(void **state)
{
    static const char *const texts[] = {"", "no newline", "tab\t\n", "\xFF\n"};
    uint8_t secret_key[NOTE_SECRET_KEY_SIZE];
    struct note_key key;
    struct view note;

    make_peter(secret_key, &key);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(note_sign(view_of_text(texts[i]), &key, secret_key, *state, &note),
                         STATUS_MALFORMED);
}

static void test_note_sign__arena_full__is_no_memory(void **state)
{
    struct arena *arena = *state;
    uint8_t secret_key[NOTE_SECRET_KEY_SIZE];
    struct note_key key;
    struct view bytes;

    make_peter(secret_key, &key);
    arena_reset(arena);
    assert_non_null(arena_take(arena, ARENA_SIZE - 32));
    assert_int_equal(note_sign(view_of_text(PETER_TEXT), &key, secret_key, arena, &bytes),
                     STATUS_NO_MEMORY);
    assert_int_equal(note_key_write(&key, arena, &bytes), STATUS_NO_MEMORY);
    arena_reset(arena);
}

/* Room for ML-DSA and its like: a signature of any size is passed over, up to the note's limit. */
static void test_note_verify__large_unknown_signature__is_passed_over(void **state)
{
    static char note[NOTE_BYTES_MAX + 1];
    size_t start = (size_t)snprintf(note, sizeof(note), "%s\n%s\xE2\x80\x94 big.example ",
                                    FOO_TEXT, FOO_LINE);
    size_t base64 = (NOTE_BYTES_MAX - start - 1) / 4 * 4;
    struct note_key key;
    struct view text;
    uint64_t time;

    (void)state;
    assert_int_equal(note_key_parse(view_of_text(FOO_VKEY), &key), STATUS_OK);
    memset(note + start, 'A', base64);
    note[start + base64] = '\n';
    assert_int_equal(note_verify(view_of(note, start + base64 + 1), &key, &text, &time),
                     STATUS_OK);
    /* Padding may end it, and stand nowhere else: not even where a chunk ends. */
    note[start + base64 - 1] = '=';
    assert_int_equal(note_verify(view_of(note, start + base64 + 1), &key, &text, &time),
                     STATUS_OK);
    note[start + 1023] = '=';
    assert_int_equal(note_verify(view_of(note, start + base64 + 1), &key, &text, &time),
                     STATUS_MALFORMED);
    assert_int_equal(note_verify(view_of(note, NOTE_BYTES_MAX + 1), &key, &text, &time),
                     STATUS_FRAME_TOO_LARGE);
}

static void test_cosignature__of_remora__holds_the_known_time(void **state)
{
    static const char base64[] = "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w"
                                 "9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA==";
    uint8_t bytes[76];
    size_t size;

    (void)state;
    assert_int_equal(sodium_base642bin(bytes, sizeof(bytes), base64, strlen(base64), NULL, &size,
                                       NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    assert_int_equal(size, 76);
    assert_int_equal(bytes_get_u64(bytes + NOTE_KEY_ID_SIZE), 1727964367);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_note_sign__x_mod_example__is_the_same_note),
        cmocka_unit_test(test_note_sign__text_with_blank_lines__is_split_at_the_last),
        cmocka_unit_test(test_note_sign__text_that_is_none__is_malformed),
        cmocka_unit_test(test_note_sign__arena_full__is_no_memory),
        cmocka_unit_test(test_note_verify__large_unknown_signature__is_passed_over),
        cmocka_unit_test(test_cosignature__of_remora__holds_the_known_time),
    };
    TEST_TABLE(verify_tests, verifies, test_note_verify)
    int failed = cmocka_run_group_tests_name("audit-log/note", tests, open_arena, close_arena);

    return failed + cmocka_run_group_tests_name("audit-log/note verify", verify_tests, NULL, NULL);
}
