/* Key files: what is written is read, and everything else is refused with its line. */
#include "common/base/bytes.h"
#include "common/service/key_file.h"
#include "folder.h"
#include "tests/support/test.h"

#include <sodium.h>

#define HEX_0 "0000000000000000000000000000000000000000000000000000000000000000"
#define HEX_1 "1111111111111111111111111111111111111111111111111111111111111111"
#define HEX_A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define FIRST "netra-key/v1\n"

static struct folder folder;
static char path[FOLDER_PATH_BYTES];

static int set_up(void **state)
{
    (void)state;
    folder_open(&folder);
    folder_path(&folder, "a.key", path);
    return sodium_init() < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_close(&folder);
    return 0;
}

/* ---- rows: texts that are refused ---- */

struct key_case {
    const char *name;
    const char *text;
    mode_t mode;
    const char *want; /* after the path and ": " */
};

static struct key_case secret_cases[] = {
    {.name = "readable by the group",
     .text = FIRST "secret " HEX_1 "\n",
     .mode = 0640,
     .want = "others may read or write it; expected mode 0600"},
    {.name = "readable by all",
     .text = FIRST "secret " HEX_1 "\n",
     .mode = 0604,
     .want = "others may read or write it; expected mode 0600"},
    {.name = "empty",
     .text = "",
     .mode = 0600,
     .want = "line 1: not a key file; expected \"netra-key/v1\""},
    {.name = "another version",
     .text = "netra-key/v2\nsecret " HEX_1 "\n",
     .mode = 0600,
     .want = "line 1: not a key file; expected \"netra-key/v1\""},
    {.name = "the first line alone",
     .text = FIRST,
     .mode = 0600,
     .want = "line 2: secret: is missing"},
    {.name = "an unknown name",
     .text = FIRST "secrets " HEX_1 "\n",
     .mode = 0600,
     .want = "line 2: expected one of: secret epoch"},
    {.name = "a key pair's line",
     .text = FIRST "curve-secret " HEX_1 "\n",
     .mode = 0600,
     .want = "line 2: expected one of: secret epoch"},
    {.name = "a line without a value",
     .text = FIRST "secret\n",
     .mode = 0600,
     .want = "line 2: expected one of: secret epoch"},
    {.name = "an empty line",
     .text = FIRST "\nsecret " HEX_1 "\n",
     .mode = 0600,
     .want = "line 2: expected one of: secret epoch"},
    {.name = "a secret twice",
     .text = FIRST "secret " HEX_1 "\nsecret " HEX_1 "\n",
     .mode = 0600,
     .want = "line 3: secret: is there a second time"},
    {.name = "upper-case hex",
     .text = FIRST "secret " HEX_A "\n",
     .mode = 0600,
     .want = "line 2: secret: expected 64 lower-case hex digits"},
    {.name = "one digit too many",
     .text = FIRST "secret 1" HEX_1 "\n",
     .mode = 0600,
     .want = "line 2: secret: expected 64 lower-case hex digits"},
    {.name = "too short, with hex on the next line",
     .text = FIRST "secret 11\n" HEX_1 "\n",
     .mode = 0600,
     .want = "line 2: secret: expected 64 lower-case hex digits"},
    {.name = "a carriage return",
     .text = FIRST "secret " HEX_1 "\r\n",
     .mode = 0600,
     .want = "line 2: secret: expected 64 lower-case hex digits"},
    {.name = "epoch 0 is written by leaving it out",
     .text = FIRST "secret " HEX_1 "\nepoch 0\n",
     .mode = 0600,
     .want = "line 3: epoch: expected a whole number from 1"},
    {.name = "an epoch above 32 bits",
     .text = FIRST "secret " HEX_1 "\nepoch 4294967296\n",
     .mode = 0600,
     .want = "line 3: epoch: expected a whole number from 1"},
    {.name = "an epoch of eleven digits",
     .text = FIRST "secret " HEX_1 "\nepoch 11111111111\n",
     .mode = 0600,
     .want = "line 3: epoch: expected a whole number from 1"},
    {.name = "an epoch in words",
     .text = FIRST "secret " HEX_1 "\nepoch one\n",
     .mode = 0600,
     .want = "line 3: epoch: expected a whole number from 1"},
};

static void test_secret_refused(void **state)
{
    const struct key_case *it = *state;
    struct key_secret secret = {.epoch = 7};
    struct diag diag = {.text = ""};
    char want[2 * FOLDER_PATH_BYTES];
    (void)set_up(NULL);
    folder_write(path, it->text, strlen(it->text), it->mode);
    enum status status = key_secret_read(path, &secret, &diag);
    (void)tear_down(NULL);
    assert_int_equal(STATUS_KEY_FILE_INVALID, status);
    (void)snprintf(want, sizeof(want), "%s: %s", path, it->want);
    assert_string_equal(want, diag.text);
    assert_null(strstr(diag.text, "1111")); /* never a part of the secret */
}

/* ---- single tests ---- */

static void test_pair__written_and_read__is_the_same(void **state)
{
    (void)state;
    struct key_pair drawn;
    struct key_pair read_back;
    struct stat about;
    struct diag diag = {.text = ""};
    key_pair_draw(&drawn);
    assert_int_equal(STATUS_OK, key_pair_write(path, &drawn, &diag));
    assert_int_equal(0, stat(path, &about));
    assert_int_equal(S_IFREG | 0600, about.st_mode);
    assert_int_equal(1, about.st_nlink); /* the draft's name is gone */
    assert_int_equal(STATUS_OK, key_pair_read(path, &read_back, &diag));
    assert_memory_equal(&drawn, &read_back, sizeof(drawn));
}

static void test_pair__drawn_twice__differs(void **state)
{
    (void)state;
    struct key_pair a;
    struct key_pair b;
    key_pair_draw(&a);
    key_pair_draw(&b);
    assert_memory_not_equal(a.curve_secret, b.curve_secret, sizeof(a.curve_secret));
    assert_memory_not_equal(a.sign_seed, b.sign_seed, sizeof(a.sign_seed));
}

static void test_write__the_name_is_taken__the_old_file_stays(void **state)
{
    (void)state;
    struct key_pair drawn;
    struct diag diag = {.text = ""};
    char left[4] = "";
    key_pair_draw(&drawn);
    folder_write(path, "old", 3, 0600);
    assert_int_equal(STATUS_NAME_TAKEN, key_pair_write(path, &drawn, &diag));
    assert_non_null(strstr(diag.text, "there is a file already"));
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(3, read(descriptor, left, 3));
    assert_int_equal(0, close(descriptor));
    assert_string_equal("old", left);
}

static void test_write__no_such_folder__is_refused(void **state)
{
    (void)state;
    const struct key_secret secret = {.epoch = 1};
    struct diag diag = {.text = ""};
    folder_path(&folder, "missing/a.key", path);
    assert_int_equal(STATUS_SYSTEM_FAILED, key_secret_write(path, &secret, &diag));
    assert_non_null(strstr(diag.text, "can't create it: No such file or directory"));
}

static void test_write__a_path_too_long__is_refused(void **state)
{
    (void)state;
    static char long_path[5000];
    const struct key_secret secret = {.epoch = 1};
    struct diag diag = {.text = ""};
    memset(long_path, 'a', sizeof(long_path) - 1);
    assert_int_equal(STATUS_SYSTEM_FAILED, key_secret_write(long_path, &secret, &diag));
}

static void test_secret__written_and_read__keeps_its_epoch(void **state)
{
    (void)state;
    const uint32_t epochs[] = {0, 1, UINT32_MAX};
    for (size_t i = 0; i < sizeof(epochs) / sizeof(epochs[0]); i++) {
        struct key_secret secret = {.epoch = epochs[i]};
        struct key_secret read_back = {.epoch = 5};
        struct diag diag = {.text = ""};
        randombytes_buf(secret.secret, sizeof(secret.secret));
        assert_int_equal(STATUS_OK, key_secret_write(path, &secret, &diag));
        assert_int_equal(STATUS_OK, key_secret_read(path, &read_back, &diag));
        assert_int_equal(epochs[i], read_back.epoch);
        assert_memory_equal(secret.secret, read_back.secret, sizeof(secret.secret));
        assert_int_equal(0, unlink(path));
    }
}

/* Writes a pair with one public key replaced, and reads it. */
static void assert_stranger(bool is_curve, const char *want)
{
    struct key_pair pair;
    struct key_pair read_back;
    struct diag diag = {.text = ""};
    key_pair_draw(&pair);
    if (is_curve)
        pair.curve_public[0] ^= 1;
    else
        pair.sign_public[0] ^= 1;
    assert_int_equal(STATUS_OK, key_pair_write(path, &pair, &diag));
    assert_int_equal(STATUS_KEY_FILE_INVALID, key_pair_read(path, &read_back, &diag));
    assert_non_null(strstr(diag.text, want));
    assert_int_equal(1, sodium_is_zero((const uint8_t *)&read_back, sizeof(read_back)));
}

static void test_pair__a_public_key_of_another__is_refused(void **state)
{
    (void)state;
    assert_stranger(true, "curve-public is not the public key of curve-secret");
    assert_int_equal(0, unlink(path));
    assert_stranger(false, "sign-public is not the public key of sign-seed");
}

static void test_pair__a_line_is_missing__is_refused(void **state)
{
    (void)state;
    static const char text[] =
        FIRST "curve-secret " HEX_0 "\ncurve-public " HEX_0 "\nsign-seed " HEX_0 "\n";
    struct key_pair pair;
    struct diag diag = {.text = ""};
    folder_write(path, text, sizeof(text) - 1, 0600);
    assert_int_equal(STATUS_KEY_FILE_INVALID, key_pair_read(path, &pair, &diag));
    assert_non_null(strstr(diag.text, "line 5: sign-public: is missing"));
}

static void test_read__not_a_key_file__is_refused(void **state)
{
    (void)state;
    static char large[2000];
    struct key_secret secret;
    struct diag diag = {.text = ""};
    assert_int_equal(STATUS_KEY_FILE_INVALID, key_secret_read(path, &secret, &diag));
    assert_non_null(strstr(diag.text, "No such file or directory"));
    assert_int_equal(STATUS_KEY_FILE_INVALID, key_secret_read(folder.path, &secret, &diag));
    assert_non_null(strstr(diag.text, "not a regular file"));
    memset(large, 'a', sizeof(large));
    folder_write(path, large, sizeof(large), 0600);
    assert_int_equal(STATUS_KEY_FILE_INVALID, key_secret_read(path, &secret, &diag));
    assert_non_null(strstr(diag.text, "too large for a key file"));
    folder_write(path, FIRST "secret\0x\n", sizeof(FIRST) + 8, 0600);
    assert_int_equal(STATUS_KEY_FILE_INVALID, key_secret_read(path, &secret, &diag));
    assert_non_null(strstr(diag.text, "not a text"));
}

static void test_read__no_newline_at_the_end__is_fine(void **state)
{
    (void)state;
    static const char text[] = FIRST "epoch 3\nsecret " HEX_1;
    struct key_secret secret;
    struct diag diag = {.text = ""};
    folder_write(path, text, sizeof(text) - 1, 0400);
    assert_int_equal(STATUS_OK, key_secret_read(path, &secret, &diag));
    assert_int_equal(3, secret.epoch);
    assert_int_equal(0x11, secret.secret[31]);
}

/* The first 4 bytes of SHA-256("netra-key-id/v1\n" | 32 × 01 | 32 × 02), by libsodium. */
static void test_key_id__both_keys__count(void **state)
{
    (void)state;
    uint8_t bytes[80] = "netra-key-id/v1\n";
    uint8_t digest[32];
    uint8_t key_id[4];
    memset(bytes + 16, 1, 32);
    memset(bytes + 48, 2, 32);
    (void)crypto_hash_sha256(digest, bytes, sizeof(bytes));
    key_id_of(bytes + 16, bytes + 48, key_id);
    assert_memory_equal(digest, key_id, sizeof(key_id));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    TEST_TABLE(rows, secret_cases, test_secret_refused)
    const struct CMUnitTest tests[] = {
        TEST(test_pair__written_and_read__is_the_same),
        TEST(test_pair__drawn_twice__differs),
        TEST(test_write__the_name_is_taken__the_old_file_stays),
        TEST(test_write__no_such_folder__is_refused),
        TEST(test_write__a_path_too_long__is_refused),
        TEST(test_secret__written_and_read__keeps_its_epoch),
        TEST(test_pair__a_public_key_of_another__is_refused),
        TEST(test_pair__a_line_is_missing__is_refused),
        TEST(test_read__not_a_key_file__is_refused),
        TEST(test_read__no_newline_at_the_end__is_fine),
        TEST(test_key_id__both_keys__count),
    };
    int failures = cmocka_run_group_tests(rows, NULL, NULL);
    return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
