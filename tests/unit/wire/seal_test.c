/* Commitments, the two forms of a payload, and wrapped keys. */
#include "common/wire/seal.h"

#include "common/base/bytes.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <string.h>

#define ARENA_SIZE 65536u

/* SHA-256("netra-commit/v1\n" | 00..1f | "payload"), and over no payload; by Python's hashlib. */
static const char commitment_hex[] =
    "38d7cacb7a42bfe63b225b119596b6e7402788403ca2510837c55df58c6815c2";
static const char commitment_of_nothing_hex[] =
    "6cbc137d44e3f516cbe6c5e63ab401aea420f11d2512d272066416129042bcb2";

/* A source that counts, so that a row's nonce is the same in every run. */
static void fill_counting(void *self, uint8_t *bytes, size_t size)
{
    uint8_t *next = self;

    for (size_t i = 0; i < size; i++)
        bytes[i] = (*next)++;
}

static uint8_t random_state;
static const struct random_source random_counting = {.fill = fill_counting, .self = &random_state};

static void salt(uint8_t r[COMMITMENT_SALT_SIZE])
{
    for (uint8_t i = 0; i < COMMITMENT_SALT_SIZE; i++)
        r[i] = i;
}

/* The encoded header of an event, of a case or of none, that commits to r and the payload. */
static void make_header(bool is_of_case, struct view payload, uint8_t bytes[HEADER_SIZE])
{
    struct event_header header = {.stream_id = {1}, .seq = 1, .type = 32, .schema = 1};
    uint8_t r[COMMITMENT_SALT_SIZE];

    salt(r);
    header.case_handle[0] = is_of_case ? 9 : 0;
    seal_commit(r, payload, header.commitment);
    header_encode(&header, bytes);
}

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

static void test_seal_commit__known_salt__has_the_known_commitment(void **state)
{
    uint8_t r[COMMITMENT_SALT_SIZE];
    uint8_t commitment[SHA256_SIZE];
    char hex[2 * SHA256_SIZE + 1];

    (void)state;
    salt(r);
    seal_commit(r, view_of_text("payload"), commitment);
    bytes_to_hex(view_of(commitment, SHA256_SIZE), hex);
    assert_string_equal(hex, commitment_hex);
    seal_commit(r, view_of(NULL, 0), commitment);
    bytes_to_hex(view_of(commitment, SHA256_SIZE), hex);
    assert_string_equal(hex, commitment_of_nothing_hex);
}

/* Builds either form in the arena. */
static struct view make_form(struct arena *arena, bool is_sealed, const uint8_t *case_key,
                             const uint8_t header[HEADER_SIZE], struct view payload)
{
    uint8_t r[COMMITMENT_SALT_SIZE];
    struct view bytes;

    salt(r);
    if (is_sealed)
        assert_int_equal(seal_close(arena, &random_counting, case_key, header, r, payload, &bytes),
                         STATUS_OK);
    else
        assert_int_equal(seal_clear(arena, r, payload, &bytes), STATUS_OK);
    return bytes;
}

static void test_seal__both_forms_and_sizes__open_to_the_payload(void **state)
{
    static const uint8_t case_key[CASE_KEY_SIZE] = {1, 2, 3};
    static const uint8_t text[1000] = {4, 5, 6};
    static const size_t sizes[] = {0, 1, 15, 16, 17, 1000};
    struct arena *arena = *state;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (int form = 0; form < 2; form++) {
            struct view payload = view_of(sizes[i] == 0 ? NULL : text, sizes[i]);
            uint8_t header[HEADER_SIZE];
            struct view bytes;
            struct view opened;

            make_header(form == 1, payload, header);
            bytes = make_form(arena, form == 1, case_key, header, payload);
            assert_int_equal(bytes.size,
                             sizes[i] + (form == 1 ? SEAL_SEALED_OVERHEAD : SEAL_CLEAR_OVERHEAD));
            assert_int_equal(bytes.bytes[0], form);
            assert_int_equal(seal_open(arena, case_key, header, bytes, &opened), STATUS_OK);
            assert_true(view_equals(opened, payload));
            arena_reset(arena);
        }
    }
}

static void test_seal_close__sealed__hides_payload_and_salt(void **state)
{
    static const uint8_t case_key[CASE_KEY_SIZE] = {1};
    struct view payload = view_of_text("Rahasia");
    uint8_t header[HEADER_SIZE];
    uint8_t r[COMMITMENT_SALT_SIZE];
    struct view bytes;

    make_header(true, payload, header);
    bytes = make_form(*state, true, case_key, header, payload);
    salt(r);
    assert_null(memmem(bytes.bytes, bytes.size, payload.bytes, payload.size));
    assert_null(memmem(bytes.bytes + 25, bytes.size - 25, r, COMMITMENT_SALT_SIZE));
}

static void test_seal_open__any_bit_of_a_sealed_payload_flipped__is_refused(void **state)
{
    static const uint8_t case_key[CASE_KEY_SIZE] = {1};
    struct arena *arena = *state;
    struct view payload = view_of_text("a payload");
    uint8_t header[HEADER_SIZE];
    uint8_t altered[256];
    struct view bytes;
    struct view opened;

    make_header(true, payload, header);
    bytes = make_form(arena, true, case_key, header, payload);
    assert_true(bytes.size <= sizeof(altered));
    for (size_t bit = 0; bit < bytes.size * 8; bit++) {
        size_t used = arena->used;

        memcpy(altered, bytes.bytes, bytes.size);
        altered[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_int_equal(seal_open(arena, case_key, header, view_of(altered, bytes.size), &opened),
                         bit < 8 ? STATUS_MALFORMED : STATUS_SEAL_BROKEN);
        assert_int_equal(arena->used, used);
    }
}

static void test_seal_open__any_bit_of_the_header_flipped__is_refused(void **state)
{
    static const uint8_t case_key[CASE_KEY_SIZE] = {1};
    struct view payload = view_of_text("a payload");
    uint8_t header[HEADER_SIZE];
    struct view bytes;
    struct view opened;

    make_header(true, payload, header);
    bytes = make_form(*state, true, case_key, header, payload);
    for (size_t bit = 0; bit < HEADER_SIZE * 8; bit++) {
        header[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_int_not_equal(seal_open(*state, case_key, header, bytes, &opened), STATUS_OK);
        header[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
}

static void test_seal_open__cut_at_any_byte__is_refused(void **state)
{
    static const uint8_t case_key[CASE_KEY_SIZE] = {1};

    for (int form = 0; form < 2; form++) {
        struct view payload = view_of_text("a payload");
        uint8_t header[HEADER_SIZE];
        struct view bytes;
        struct view opened;

        make_header(form == 1, payload, header);
        bytes = make_form(*state, form == 1, case_key, header, payload);
        for (size_t size = 0; size < bytes.size; size++)
            assert_int_not_equal(
                seal_open(*state, case_key, header, view_of(bytes.bytes, size), &opened),
                STATUS_OK);
    }
}

struct open_case {
    const char *name;
    bool is_sealed;
    bool is_of_case;
    bool is_key_given;
    bool is_key_other;
    bool is_commitment_other;
    enum status want;
};

static struct open_case opens[] = {
    {.name = "sealed, of a case, with its key",
     .is_sealed = true,
     .is_of_case = true,
     .is_key_given = true,
     .want = STATUS_OK},
    {.name = "clear, of no case, without a key", .want = STATUS_OK},
    {.name = "clear, of no case, with a needless key", .is_key_given = true, .want = STATUS_OK},
    {.name = "sealed without a key waits for it",
     .is_sealed = true,
     .is_of_case = true,
     .want = STATUS_KEY_NOT_AT_HAND},
    {.name = "another key doesn't open it",
     .is_sealed = true,
     .is_of_case = true,
     .is_key_given = true,
     .is_key_other = true,
     .want = STATUS_SEAL_BROKEN},
    {.name = "clear for an event of a case is refused",
     .is_of_case = true,
     .is_key_given = true,
     .want = STATUS_MALFORMED},
    {.name = "sealed for an event of no case is refused",
     .is_sealed = true,
     .is_key_given = true,
     .want = STATUS_MALFORMED},
    {.name = "sealed, with another commitment in its header",
     .is_sealed = true,
     .is_of_case = true,
     .is_key_given = true,
     .is_commitment_other = true,
     .want = STATUS_COMMITMENT_MISMATCH},
    {.name = "clear, with another commitment in its header",
     .is_commitment_other = true,
     .want = STATUS_COMMITMENT_MISMATCH},
};

static void test_seal_open(void **state)
{
    static const uint8_t key[CASE_KEY_SIZE] = {1};
    static const uint8_t other_key[CASE_KEY_SIZE] = {2};
    const struct open_case *row = *state;
    struct view payload = view_of_text("a payload");
    uint8_t header[HEADER_SIZE];
    void *arena = NULL;
    struct view bytes;
    struct view opened;

    assert_int_equal(open_arena(&arena), 0);
    make_header(row->is_of_case, row->is_commitment_other ? view_of_text("other") : payload,
                header);
    bytes = make_form(arena, row->is_sealed, key, header, payload);
    assert_int_equal(seal_open(arena,
                               row->is_key_given ? (row->is_key_other ? other_key : key) : NULL,
                               header, bytes, &opened),
                     row->want);
    assert_int_equal(close_arena(&arena), 0);
}

static void test_seal__arena_too_small__is_no_memory_at_each_size(void **state)
{
    static const uint8_t case_key[CASE_KEY_SIZE] = {1};
    static uint8_t large[ARENA_SIZE];
    struct view payload = view_of(large, sizeof(large));
    uint8_t header[HEADER_SIZE];
    uint8_t r[COMMITMENT_SALT_SIZE];
    struct view bytes;

    salt(r);
    make_header(true, payload, header);
    assert_int_equal(seal_clear(*state, r, payload, &bytes), STATUS_NO_MEMORY);
    assert_int_equal(seal_close(*state, &random_counting, case_key, header, r, payload, &bytes),
                     STATUS_NO_MEMORY);
    payload = view_of(large, ARENA_SIZE / 2);
    make_header(true, payload, header);
    bytes = make_form(*state, true, case_key, header, payload);
    assert_int_equal(seal_open(*state, case_key, header, bytes, &payload), STATUS_NO_MEMORY);
    payload = view_of(large, ARENA_SIZE / 2);
    arena_reset(*state);
    make_header(false, payload, header);
    bytes = make_form(*state, false, NULL, header, payload);
    assert_int_equal(seal_open(*state, NULL, header, bytes, &payload), STATUS_NO_MEMORY);
    arena_reset(*state);
}

struct wrap_case {
    const char *name;
    uint8_t key_encryption_key_first;
    uint32_t epoch;
    uint8_t handle_first;
    size_t size;
    size_t flipped_byte; /* 0: none; the epoch's bytes are covered by another row */
    enum status want;
};

/* Wrapped under a key-encryption key that begins with 1, epoch 7, handle that begins with 3. */
static struct wrap_case wraps[] = {
    {.name = "the same key, epoch and handle unwrap it",
     .key_encryption_key_first = 1,
     .epoch = 7,
     .handle_first = 3,
     .size = WRAPPED_KEY_SIZE,
     .want = STATUS_OK},
    {.name = "another key-encryption key doesn't",
     .key_encryption_key_first = 2,
     .epoch = 7,
     .handle_first = 3,
     .size = WRAPPED_KEY_SIZE,
     .want = STATUS_SEAL_BROKEN},
    {.name = "another epoch doesn't",
     .key_encryption_key_first = 1,
     .epoch = 8,
     .handle_first = 3,
     .size = WRAPPED_KEY_SIZE,
     .want = STATUS_SEAL_BROKEN},
    {.name = "another case's handle doesn't",
     .key_encryption_key_first = 1,
     .epoch = 7,
     .handle_first = 4,
     .size = WRAPPED_KEY_SIZE,
     .want = STATUS_SEAL_BROKEN},
    {.name = "an altered nonce doesn't",
     .key_encryption_key_first = 1,
     .epoch = 7,
     .handle_first = 3,
     .size = WRAPPED_KEY_SIZE,
     .flipped_byte = 4,
     .want = STATUS_SEAL_BROKEN},
    {.name = "an altered ciphertext doesn't",
     .key_encryption_key_first = 1,
     .epoch = 7,
     .handle_first = 3,
     .size = WRAPPED_KEY_SIZE,
     .flipped_byte = 75,
     .want = STATUS_SEAL_BROKEN},
    {.name = "one byte less is malformed",
     .key_encryption_key_first = 1,
     .epoch = 7,
     .handle_first = 3,
     .size = WRAPPED_KEY_SIZE - 1,
     .want = STATUS_MALFORMED},
    {.name = "nothing is malformed",
     .key_encryption_key_first = 1,
     .epoch = 7,
     .handle_first = 3,
     .size = 0,
     .want = STATUS_MALFORMED},
};

static void test_seal_unwrap_key(void **state)
{
    const struct wrap_case *row = *state;
    const uint8_t key_encryption_key[CASE_KEY_SIZE] = {1};
    const uint8_t handle[CASE_HANDLE_SIZE] = {3};
    const uint8_t case_key[CASE_KEY_SIZE] = {5, 6, 7};
    const uint8_t row_key_encryption_key[CASE_KEY_SIZE] = {row->key_encryption_key_first};
    const uint8_t row_handle[CASE_HANDLE_SIZE] = {row->handle_first};
    uint8_t wrapped[WRAPPED_KEY_SIZE];
    uint8_t unwrapped[CASE_KEY_SIZE];

    seal_wrap_key(&random_counting, key_encryption_key, 7, handle, case_key, wrapped);
    if (row->flipped_byte != 0)
        wrapped[row->flipped_byte] ^= 1;
    assert_int_equal(seal_unwrap_key(row_key_encryption_key, row->epoch, row_handle,
                                     view_of(wrapped, row->size), unwrapped),
                     row->want);
    if (row->want == STATUS_OK)
        assert_memory_equal(unwrapped, case_key, CASE_KEY_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seal_commit__known_salt__has_the_known_commitment),
        cmocka_unit_test(test_seal__both_forms_and_sizes__open_to_the_payload),
        cmocka_unit_test(test_seal_close__sealed__hides_payload_and_salt),
        cmocka_unit_test(test_seal_open__any_bit_of_a_sealed_payload_flipped__is_refused),
        cmocka_unit_test(test_seal_open__any_bit_of_the_header_flipped__is_refused),
        cmocka_unit_test(test_seal_open__cut_at_any_byte__is_refused),
        cmocka_unit_test(test_seal__arena_too_small__is_no_memory_at_each_size),
    };
    TEST_TABLE(open_tests, opens, test_seal_open)
    TEST_TABLE(wrap_tests, wraps, test_seal_unwrap_key)
    int failed = cmocka_run_group_tests_name("wire/seal", tests, open_arena, close_arena);

    failed += cmocka_run_group_tests_name("wire/seal_open", open_tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("wire/seal_unwrap_key", wrap_tests, NULL, NULL);
}
