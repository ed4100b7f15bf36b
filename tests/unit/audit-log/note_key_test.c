/* Verifier keys and names: other people's examples (reference/audit.md 1.11), and what is none. */
#include "services/audit-log/note.h"

#include "tests/support/test.h"

#include <sodium.h>
#include <string.h>

#define ARENA_SIZE 4096u

/* Of golang.org/x/mod/sumdb/note, c2sp.org/signed-note, transparency-dev/formats and tessera. */
#define PETER_VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define FOO_VKEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define REMORA_VKEY "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
#define TESSERA_VKEY \
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

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

struct key_case {
    const char *name;
    const char *text;
    enum status want;
    const char *want_name;
    enum note_key_type want_type;
};

static struct key_case keys[] = {
    {.name = "x/mod's example, with a slash in its base64",
     .text = PETER_VKEY,
     .want = STATUS_OK,
     .want_name = "PeterNeumann",
     .want_type = NOTE_KEY_ED25519},
    {.name = "C2SP's example",
     .text = FOO_VKEY,
     .want = STATUS_OK,
     .want_name = "example.com/foo",
     .want_type = NOTE_KEY_ED25519},
    {.name = "a witness's key",
     .text = REMORA_VKEY,
     .want = STATUS_OK,
     .want_name = "remora.n621.de",
     .want_type = NOTE_KEY_COSIGNATURE},
    {.name = "tessera's test log, with a plus in its base64",
     .text = TESSERA_VKEY,
     .want = STATUS_OK,
     .want_name = "example.com/log/testdata",
     .want_type = NOTE_KEY_ED25519},
    {.name = "nothing", .text = "", .want = STATUS_MALFORMED},
    {.name = "a name alone", .text = "PeterNeumann", .want = STATUS_MALFORMED},
    {.name = "no key", .text = "PeterNeumann+c74f20a3+", .want = STATUS_MALFORMED},
    {.name = "no name",
     .text = "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
     .want = STATUS_MALFORMED},
    {.name = "another name than the id's",
     .text = "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
     .want = STATUS_MALFORMED},
    {.name = "another id",
     .text = "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
     .want = STATUS_MALFORMED},
    {.name = "an id in upper case",
     .text = "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
     .want = STATUS_MALFORMED},
    {.name = "an unknown type",
     .text = "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
     .want = STATUS_MALFORMED},
    {.name = "a key cut short",
     .text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy",
     .want = STATUS_MALFORMED},
    {.name = "a newline behind it", .text = PETER_VKEY "\n", .want = STATUS_MALFORMED},
};

static void test_note_key_parse(void **state)
{
    const struct key_case *row = *state;
    struct note_key key;
    struct view written;
    void *arena = NULL;

    assert_int_equal(note_key_parse(view_of_text(row->text), &key), row->want);
    if (row->want != STATUS_OK)
        return;
    assert_true(view_equals(key.name, view_of_text(row->want_name)));
    assert_int_equal(key.type, row->want_type);
    assert_int_equal(open_arena(&arena), 0);
    assert_int_equal(note_key_write(&key, arena, &written), STATUS_OK);
    assert_true(view_equals(written, view_of_text(row->text)));
    assert_int_equal(close_arena(&arena), 0);
}

struct name_case {
    const char *name;
    const char *text;
    enum status want;
};

static struct name_case names[] = {
    {.name = "a schema-less URL", .text = "audit.example/log", .want = STATUS_OK},
    {.name = "letters beyond ASCII", .text = "caf\xC3\xA9", .want = STATUS_OK},
    {.name = "nothing", .text = "", .want = STATUS_MALFORMED},
    {.name = "a space", .text = "a b", .want = STATUS_MALFORMED},
    {.name = "a plus", .text = "a+b", .want = STATUS_MALFORMED},
    {.name = "a newline", .text = "a\nb", .want = STATUS_MALFORMED},
    {.name = "a no-break space",
     .text = "a\xC2\xA0"
             "b",
     .want = STATUS_MALFORMED},
    {.name = "an em space",
     .text = "a\xE2\x80\x83"
             "b",
     .want = STATUS_MALFORMED},
    {.name = "an ideographic space", .text = "\xE3\x80\x80", .want = STATUS_MALFORMED},
    {.name = "no UTF-8", .text = "a\xFF", .want = STATUS_MALFORMED},
};

static void test_note_key_make(void **state)
{
    static const uint8_t public_key[NOTE_PUBLIC_KEY_SIZE] = {1};
    const struct name_case *row = *state;
    struct note_key key;

    assert_int_equal(note_key_make(view_of_text(row->text), NOTE_KEY_ED25519, public_key, &key),
                     row->want);
}

static void test_note_key_make__name_at_the_limit__is_fine_and_one_more_is_not(void **state)
{
    static const uint8_t public_key[NOTE_PUBLIC_KEY_SIZE] = {1};
    uint8_t name[NOTE_NAME_BYTES_MAX + 1];
    struct note_key key;

    (void)state;
    memset(name, 'a', sizeof(name));
    assert_int_equal(
        note_key_make(view_of(name, NOTE_NAME_BYTES_MAX), NOTE_KEY_ED25519, public_key, &key),
        STATUS_OK);
    assert_int_equal(
        note_key_make(view_of(name, NOTE_NAME_BYTES_MAX + 1), NOTE_KEY_ED25519, public_key, &key),
        STATUS_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_note_key_make__name_at_the_limit__is_fine_and_one_more_is_not),
    };
    TEST_TABLE(key_tests, keys, test_note_key_parse)
    TEST_TABLE(name_tests, names, test_note_key_make)
    int failed = cmocka_run_group_tests_name("audit-log/note key", tests, NULL, NULL);

    failed += cmocka_run_group_tests_name("audit-log/note keys", key_tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("audit-log/note names", name_tests, NULL, NULL);
}
