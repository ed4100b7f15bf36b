/* Checkpoints: the whole note of reference/audit.md 1.11 with its cosignature, the same bytes made
 * here, every bit of it flipped, and texts that are no checkpoint. */
#include "services/audit-log/note.h"

#include "common/base/bytes.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <string.h>

#define ARENA_SIZE 65536u

#define LOG_NAME "audit.example/log"
#define LOG_VKEY "audit.example/log+4c3ecd77+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define WITNESS_VKEY "witness.example/a+44873fd3+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
#define ROOT_HEX "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
#define ROOT "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
#define TEXT LOG_NAME "\n8\n" ROOT "\n"
#define LOG_LINE                                                 \
    "\xE2\x80\x94 audit.example/log "                            \
    "TD7Nd4tM2xEdvjrw9VxLuAVFykNM38Ilg/"                         \
    "rjFJ4p0XZeXXXMB76lLVRlJr+RfG2njjkS0S3j0wJ1F4c0poZtduHlngw=" \
    "\n"
#define WITNESS_LINE                                                                              \
    "\xE2\x80\x94 witness.example/a RIc/0wAAAABqsTuAJs4sDCRYx/9prYBBdTpMsHVtkCKEiHLfRoZ9IDNnVm7Q" \
    "UEUaU1qX/U3524HCoNj95hl1FAVQQh6wUOfCGYuNAg==\n"
#define NOTE TEXT "\n" LOG_LINE WITNESS_LINE

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

/* The log's keys: its seed is the bytes 00 to 1f. */
static void make_log(uint8_t secret_key[NOTE_SECRET_KEY_SIZE], struct note_key *key)
{
    uint8_t seed[32];
    uint8_t public_key[NOTE_PUBLIC_KEY_SIZE];

    for (uint8_t i = 0; i < sizeof(seed); i++)
        seed[i] = i;
    assert_int_equal(crypto_sign_seed_keypair(public_key, secret_key, seed), 0);
    assert_int_equal(note_key_make(view_of_text(LOG_NAME), NOTE_KEY_ED25519, public_key, key),
                     STATUS_OK);
}

static void test_note_checkpoint_sign__known_seed_and_tree__is_the_known_note(void **state)
{
    uint8_t secret_key[NOTE_SECRET_KEY_SIZE];
    uint8_t root[SHA256_SIZE];
    struct note_key key;
    struct view bytes;

    make_log(secret_key, &key);
    assert_int_equal(note_key_write(&key, *state, &bytes), STATUS_OK);
    assert_true(view_equals(bytes, view_of_text(LOG_VKEY)));
    assert_true(bytes_from_hex(ROOT_HEX, root, SHA256_SIZE));
    assert_int_equal(note_checkpoint_sign(8, root, &key, secret_key, *state, &bytes), STATUS_OK);
    assert_true(view_equals(bytes, view_of_text(TEXT "\n" LOG_LINE)));
}

static void test_note__known_note__has_the_known_digest_and_size(void **state)
{
    uint8_t digest[SHA256_SIZE];
    char hex[2 * SHA256_SIZE + 1];

    (void)state;
    assert_int_equal(strlen(NOTE), 308);
    sha256_of(view_of_text(NOTE), digest);
    bytes_to_hex(view_of(digest, SHA256_SIZE), hex);
    assert_string_equal(hex, "1014db2dcbfbc2bb32afc812afb59620e4cf31a2c9af1f0cabe07b654b8279a2");
}

static void test_note_checkpoint_verify__known_note__yields_origin_size_and_root(void **state)
{
    uint8_t root[SHA256_SIZE];
    struct note_checkpoint checkpoint;
    struct note_key key;

    (void)state;
    assert_int_equal(note_key_parse(view_of_text(LOG_VKEY), &key), STATUS_OK);
    assert_int_equal(note_checkpoint_verify(view_of_text(NOTE), &key, &checkpoint), STATUS_OK);
    assert_true(view_equals(checkpoint.origin, view_of_text(LOG_NAME)));
    assert_int_equal(checkpoint.size, 8);
    assert_true(bytes_from_hex(ROOT_HEX, root, SHA256_SIZE));
    assert_memory_equal(checkpoint.root, root, SHA256_SIZE);
}

static void test_note_verify__witness_of_the_known_note__yields_its_time(void **state)
{
    struct note_key key;
    struct view text;
    uint64_t time;

    (void)state;
    assert_int_equal(note_key_parse(view_of_text(WITNESS_VKEY), &key), STATUS_OK);
    assert_int_equal(note_verify(view_of_text(NOTE), &key, &text, &time), STATUS_OK);
    assert_true(view_equals(text, view_of_text(TEXT)));
    assert_int_equal(time, 1790000000);
}

/* With both keys asked, no bit may be flipped unseen, the base64's spare ones included. */
static void test_note_verify__any_bit_flipped__one_of_the_two_keys_refuses(void **state)
{
    uint8_t altered[sizeof(NOTE) - 1];
    struct note_key log;
    struct note_key witness;
    struct view text;
    uint64_t time;

    (void)state;
    assert_int_equal(note_key_parse(view_of_text(LOG_VKEY), &log), STATUS_OK);
    assert_int_equal(note_key_parse(view_of_text(WITNESS_VKEY), &witness), STATUS_OK);
    memcpy(altered, NOTE, sizeof(altered));
    for (size_t bit = 0; bit < sizeof(altered) * 8; bit++) {
        struct view note = view_of(altered, sizeof(altered));

        altered[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_false(note_verify(note, &log, &text, &time) == STATUS_OK &&
                     note_verify(note, &witness, &text, &time) == STATUS_OK);
        altered[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
}

static void test_note_verify__cut_at_any_byte__is_refused_by_the_witness(void **state)
{
    struct note_key witness;
    struct view text;
    uint64_t time;

    (void)state;
    assert_int_equal(note_key_parse(view_of_text(WITNESS_VKEY), &witness), STATUS_OK);
    for (size_t size = 0; size < strlen(NOTE); size++)
        assert_int_not_equal(note_verify(view_of(NOTE, size), &witness, &text, &time), STATUS_OK);
}

static void test_note_checkpoint_verify__another_origin__fails(void **state)
{
    uint8_t secret_key[NOTE_SECRET_KEY_SIZE];
    struct note_checkpoint checkpoint;
    struct note_key key;
    struct view note;

    make_log(secret_key, &key);
    assert_int_equal(note_sign(view_of_text("other.example/log\n8\n" ROOT "\n"), &key, secret_key,
                               *state, &note),
                     STATUS_OK);
    assert_int_equal(note_checkpoint_verify(note, &key, &checkpoint), STATUS_VERIFICATION_FAILED);
}

static void test_note_checkpoint_sign__size_at_the_limit__is_fine_and_one_more_is_not(void **state)
{
    static const uint8_t root[SHA256_SIZE] = {1};
    uint8_t secret_key[NOTE_SECRET_KEY_SIZE];
    struct note_checkpoint checkpoint;
    struct note_key key;
    struct view note;

    make_log(secret_key, &key);
    assert_int_equal(note_checkpoint_sign(INT64_MAX, root, &key, secret_key, *state, &note),
                     STATUS_OK);
    assert_int_equal(note_checkpoint_verify(note, &key, &checkpoint), STATUS_OK);
    assert_int_equal(checkpoint.size, INT64_MAX);
    assert_int_equal(
        note_checkpoint_sign((uint64_t)INT64_MAX + 1, root, &key, secret_key, *state, &note),
        STATUS_OUT_OF_RANGE);
}

struct parse_case {
    const char *name;
    const char *text;
    enum status want;
};

static struct parse_case parses[] = {
    {.name = "the known text", .text = TEXT, .want = STATUS_OK},
    {.name = "an empty tree", .text = "o\n0\n" ROOT "\n", .want = STATUS_OK},
    {.name = "extension lines are passed over",
     .text = TEXT "more\nand more\n",
     .want = STATUS_OK},
    {.name = "nothing", .text = "", .want = STATUS_MALFORMED},
    {.name = "no root", .text = "o\n8\n", .want = STATUS_MALFORMED},
    {.name = "no newline at the end", .text = "o\n8\n" ROOT, .want = STATUS_MALFORMED},
    {.name = "an empty origin", .text = "\n8\n" ROOT "\n", .want = STATUS_MALFORMED},
    {.name = "an empty extension line", .text = TEXT "\n", .want = STATUS_MALFORMED},
    {.name = "an extension line without its newline",
     .text = TEXT "more",
     .want = STATUS_MALFORMED},
    {.name = "no size", .text = "o\n\n" ROOT "\n", .want = STATUS_MALFORMED},
    {.name = "a size with a leading zero", .text = "o\n08\n" ROOT "\n", .want = STATUS_MALFORMED},
    {.name = "a size with a sign", .text = "o\n+8\n" ROOT "\n", .want = STATUS_MALFORMED},
    {.name = "a size with a space", .text = "o\n8 \n" ROOT "\n", .want = STATUS_MALFORMED},
    {.name = "a size of 2^63 - 1",
     .text = "o\n9223372036854775807\n" ROOT "\n",
     .want = STATUS_OK},
    {.name = "a size of 2^63",
     .text = "o\n9223372036854775808\n" ROOT "\n",
     .want = STATUS_MALFORMED},
    {.name = "a size of 2^64 and 8",
     .text = "o\n18446744073709551624\n" ROOT "\n",
     .want = STATUS_MALFORMED},
    {.name = "a root with spare bits",
     .text = "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n",
     .want = STATUS_MALFORMED},
    {.name = "a root of 31 bytes",
     .text = "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQw==\n",
     .want = STATUS_MALFORMED},
    {.name = "a root of 33 bytes",
     .text = "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQygA\n",
     .want = STATUS_MALFORMED},
};

static void test_note_checkpoint_parse(void **state)
{
    const struct parse_case *row = *state;
    struct note_checkpoint checkpoint;

    assert_int_equal(note_checkpoint_parse(view_of_text(row->text), &checkpoint), row->want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_note_checkpoint_sign__known_seed_and_tree__is_the_known_note),
        cmocka_unit_test(test_note__known_note__has_the_known_digest_and_size),
        cmocka_unit_test(test_note_checkpoint_verify__known_note__yields_origin_size_and_root),
        cmocka_unit_test(test_note_verify__witness_of_the_known_note__yields_its_time),
        cmocka_unit_test(test_note_verify__any_bit_flipped__one_of_the_two_keys_refuses),
        cmocka_unit_test(test_note_verify__cut_at_any_byte__is_refused_by_the_witness),
        cmocka_unit_test(test_note_checkpoint_verify__another_origin__fails),
        cmocka_unit_test(
            test_note_checkpoint_sign__size_at_the_limit__is_fine_and_one_more_is_not),
    };
    TEST_TABLE(parse_tests, parses, test_note_checkpoint_parse)
    int failed =
        cmocka_run_group_tests_name("audit-log/checkpoint", tests, open_arena, close_arena);

    return failed +
           cmocka_run_group_tests_name("audit-log/checkpoint parse", parse_tests, NULL, NULL);
}
