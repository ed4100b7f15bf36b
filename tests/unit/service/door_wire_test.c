/*
 * The envelope of doors: what is encoded comes back, and what a newer or hostile peer sends is
 * named.
 */
#include "tests/support/test.h"

#include "common/service/door_wire.h"
#include "common/wire/limits.h"

#include <string.h>

#define ARENA_BYTES 4194304u /* a frame of the largest size, encoded and decoded */

static struct arena arena;
static struct diag diag;

static int set_up(void **state)
{
    (void)state;
    diag = (struct diag){0};
    return arena_open(&arena, ARENA_BYTES) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static void assert_same_view(struct view got, struct view want)
{
    assert_int_equal(got.size, want.size);
    if (want.size > 0)
        assert_memory_equal(got.bytes, want.bytes, want.size);
}

/* ---- requests ---- */

struct request_case {
    const char *name;
    uint64_t request_id;
    uint32_t kind;
    const char *body;
};

static struct request_case request_cases[] = {
    {"a request comes back", 7, 1, "a body"},
    {"a request without a body comes back", 8, 64, ""},
    {"the largest number comes back", UINT64_MAX, 96, "x"},
    {"number and kind zero come back", 0, 0, ""},
};

static void check_request(void **state)
{
    const struct request_case *row = *state;
    struct door_request_parts parts = {
        .request_id = row->request_id,
        .kind = row->kind,
        .body = view_of_text(row->body),
    };
    struct door_request_parts got;
    struct view bytes;
    assert_int_equal(door_request_encode(&parts, &arena, &bytes), STATUS_OK);
    assert_int_equal(door_request_decode(bytes, &arena, &got, &diag), STATUS_OK);
    assert_int_equal(got.request_id, row->request_id);
    assert_int_equal(got.kind, row->kind);
    assert_same_view(got.body, parts.body);
}

/* ---- answers ---- */

struct answer_case {
    const char *name;
    enum status status;
    const char *detail;
    uint32_t retry_after_ms;
    const char *body;
    const char *want_detail;
};

static struct answer_case answer_cases[] = {
    {"an answer with a body comes back", STATUS_OK, "", 0, "a receipt", ""},
    {"a refusal comes back with its detail", STATUS_BODY_EMPTY, "content: it is empty", 0, "",
     "content: it is empty"},
    {"a wait comes back with its time", STATUS_BACKLOG, "", 1500, "", ""},
    {"no detail is an empty one", STATUS_NOT_FOUND, NULL, 0, "", ""},
};

static void check_answer(void **state)
{
    const struct answer_case *row = *state;
    struct door_answer_parts parts = {
        .request_id = 42,
        .status = row->status,
        .detail = row->detail,
        .retry_after_ms = row->retry_after_ms,
        .body = view_of_text(row->body),
    };
    struct door_answer_parts got;
    struct view bytes;
    assert_int_equal(door_answer_encode(&parts, &arena, &bytes), STATUS_OK);
    assert_int_equal(door_answer_decode(bytes, &arena, &got, &diag), STATUS_OK);
    assert_int_equal(got.request_id, 42);
    assert_int_equal(got.status, row->status);
    assert_string_equal(got.detail, row->want_detail);
    assert_int_equal(got.retry_after_ms, row->retry_after_ms);
    assert_same_view(got.body, parts.body);
}

static void test_answer__every_status__comes_back(void **state)
{
    (void)state;
    for (unsigned status = 0; status < STATUS_COUNT; status++) {
        struct door_answer_parts parts = {.status = (enum status)status};
        struct door_answer_parts got;
        struct view bytes;
        assert_int_equal(door_answer_encode(&parts, &arena, &bytes), STATUS_OK);
        assert_int_equal(door_answer_decode(bytes, &arena, &got, &diag), STATUS_OK);
        assert_int_equal(got.status, status);
    }
}

/* ---- bytes of others ---- */

/* Fields of DoorRequest (1 id, 2 kind, 3 body) and DoorAnswer (1 id, 2 status, 3 detail), by
 * hand. */
struct bytes_case {
    const char *name;
    const char *bytes;
    size_t size;
    bool is_answer;
    enum status want;
    enum status want_answered; /* with want OK, of an answer */
};

#define BYTES(text) .bytes = (text), .size = sizeof(text) - 1

static struct bytes_case bytes_cases[] = {
    {"a request of no bytes asks for nothing", BYTES(""), .want = STATUS_OK},
    {"a request that ends within a number is malformed", BYTES("\x08\x80"),
     .want = STATUS_MALFORMED},
    {"a request whose body is longer than the frame is malformed", BYTES("\x1a\x05xy"),
     .want = STATUS_MALFORMED},
    {"a request of a kind that is not known is read: its asker gets an answer", BYTES("\x10\x7f"),
     .want = STATUS_OK},
    {"an answer with a status that is not known has failed", BYTES("\x12\x05LATER"),
     .is_answer = true, .want = STATUS_OK, .want_answered = STATUS_FAILED},
    {"an answer without a status has failed", BYTES("\x08\x07"), .is_answer = true,
     .want = STATUS_OK, .want_answered = STATUS_FAILED},
    {"a status in lower case is none of ours", BYTES("\x12\x02ok"), .is_answer = true,
     .want = STATUS_OK, .want_answered = STATUS_FAILED},
    {"an answer whose detail is not UTF-8 is refused", BYTES("\x12\x02OK\x1a\x01\xff"),
     .is_answer = true, .want = STATUS_NOT_UTF8},
    {"an answer that ends within its detail is malformed", BYTES("\x12\x02OK\x1a\x09why"),
     .is_answer = true, .want = STATUS_MALFORMED},
};

static void check_bytes(void **state)
{
    const struct bytes_case *row = *state;
    struct view bytes = view_of((const uint8_t *)row->bytes, row->size);
    struct door_request_parts request;
    struct door_answer_parts answer;
    if (!row->is_answer) {
        assert_int_equal(door_request_decode(bytes, &arena, &request, &diag), row->want);
        return;
    }
    assert_int_equal(door_answer_decode(bytes, &arena, &answer, &diag), row->want);
    if (row->want != STATUS_OK)
        return;
    assert_int_equal(answer.status, row->want_answered);
    assert_string_equal(answer.detail, "");
}

/* ---- several in a frame ---- */

static void test_requests__of_a_group__come_back_in_order(void **state)
{
    (void)state;
    static struct door_request_parts rows[DOOR_GROUP_MAX];
    const unsigned counts[] = {1, 2, DOOR_GROUP_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct door_request_parts *got = NULL;
        struct view bytes;
        unsigned count = 0;
        arena_reset(&arena);
        for (unsigned k = 0; k < counts[i]; k++)
            rows[k] = (struct door_request_parts){k + 1, 7, view_of_text("body")};
        assert_int_equal(door_requests_encode(rows, counts[i], &arena, &bytes), STATUS_OK);
        assert_int_equal(door_requests_decode(bytes, &arena, &got, &count, &diag), STATUS_OK);
        assert_int_equal(count, counts[i]);
        for (unsigned k = 0; k < count; k++) {
            assert_int_equal(got[k].request_id, k + 1);
            assert_int_equal(got[k].kind, 7);
            assert_same_view(got[k].body, rows[k].body);
        }
    }
}

static void test_answers__of_a_group__come_back_in_order(void **state)
{
    (void)state;
    const struct door_answer_parts rows[] = {
        {.request_id = 1, .status = STATUS_OK, .body = view_of_text("first")},
        {.request_id = 2, .status = STATUS_BACKLOG, .detail = "later", .retry_after_ms = 50},
        {.request_id = 3, .status = STATUS_OK},
    };
    struct door_answer_parts *got = NULL;
    struct view bytes;
    unsigned count = 0;
    arena_reset(&arena);
    assert_int_equal(door_answers_encode(rows, 3, &arena, &bytes), STATUS_OK);
    assert_int_equal(door_answers_decode(bytes, &arena, &got, &count, &diag), STATUS_OK);
    assert_int_equal(count, 3);
    for (unsigned k = 0; k < count; k++) {
        assert_int_equal(got[k].request_id, rows[k].request_id);
        assert_int_equal(got[k].status, rows[k].status);
        assert_int_equal(got[k].retry_after_ms, rows[k].retry_after_ms);
        assert_string_equal(got[k].detail, rows[k].detail == NULL ? "" : rows[k].detail);
        assert_same_view(got[k].body, rows[k].body);
    }
}

struct group_case {
    const char *name;
    size_t more;   /* empty requests, or answers, behind the first */
    size_t nested; /* within the first of those */
    enum status want;
};

static struct group_case group_cases[] = {
    {"as many as a frame may have are read", DOOR_GROUP_MAX - 1, 0, STATUS_OK},
    {"one more is refused", DOOR_GROUP_MAX, 0, STATUS_OUT_OF_RANGE},
    {"some within others are refused", 1, 1, STATUS_OUT_OF_RANGE},
};

static void check_group(void **state)
{
    const struct group_case *row = *state;
    const uint8_t tags[] = {0x22, 0x32}; /* `more` of a request, and of an answer */
    for (size_t kind = 0; kind < sizeof tags; kind++) {
        uint8_t bytes[2 * DOOR_GROUP_MAX + 2];
        size_t size = 0;
        for (size_t i = 0; i < row->more; i++) {
            bool has_nested = i == 0 && row->nested > 0;
            bytes[size++] = tags[kind];
            bytes[size++] = has_nested ? 2 : 0;
            if (has_nested) {
                bytes[size++] = tags[kind];
                bytes[size++] = 0;
            }
        }
        struct door_request_parts *requests = NULL;
        struct door_answer_parts *answers = NULL;
        struct view view = view_of(bytes, size);
        unsigned count = 0;
        arena_reset(&arena);
        enum status status = kind == 0
                                 ? door_requests_decode(view, &arena, &requests, &count, &diag)
                                 : door_answers_decode(view, &arena, &answers, &count, &diag);
        assert_int_equal(status, row->want);
        if (status == STATUS_OK)
            assert_int_equal(count, row->more + 1);
    }
}

static void test_decode__over_a_frame__is_too_large(void **state)
{
    (void)state;
    static uint8_t bytes[LIMIT_FRAME_BYTES + 1];
    struct view view = view_of(bytes, sizeof bytes);
    struct door_request_parts request;
    struct door_answer_parts answer;
    assert_int_equal(door_request_decode(view, &arena, &request, &diag), STATUS_FRAME_TOO_LARGE);
    assert_int_equal(door_answer_decode(view, &arena, &answer, &diag), STATUS_FRAME_TOO_LARGE);
}

/* ---- memory ---- */

/* Leaves `size` bytes of the arena. */
static void fill_arena_but(size_t size)
{
    arena_reset(&arena);
    size_t left = arena.size;
    while (left > 0 && arena_take(&arena, left) == NULL)
        left--;
    assert_true(left > size);
    arena_reset(&arena);
    assert_non_null(arena_take(&arena, left - size));
}

struct memory_case {
    const char *name;
    size_t left;
    size_t body_size;
};

static struct memory_case memory_cases[] = {
    {"without memory for its texts nothing is encoded", 0, 0},
    {"without memory for its body nothing is encoded", 512, 2048},
};

static void check_memory(void **state)
{
    const struct memory_case *row = *state;
    static const uint8_t body[2048];
    struct door_answer_parts answer = {
        .status = STATUS_OK,
        .detail = "a text",
        .body = view_of(body, row->body_size),
    };
    struct door_request_parts request = {
        .request_id = 1,
        .kind = 1,
        .body = view_of(body, row->body_size),
    };
    struct view bytes;
    fill_arena_but(row->left);
    assert_int_equal(door_answer_encode(&answer, &arena, &bytes), STATUS_NO_MEMORY);
    assert_int_equal(door_request_encode(&request, &arena, &bytes), STATUS_NO_MEMORY);
}

static void test_decode__full_arena__has_no_memory(void **state)
{
    (void)state;
    struct view bytes = view_of((const uint8_t *)"\x08\x07", 2);
    struct door_request_parts request;
    struct door_answer_parts answer;
    fill_arena_but(0);
    assert_int_equal(door_request_decode(bytes, &arena, &request, &diag), STATUS_NO_MEMORY);
    assert_int_equal(door_answer_decode(bytes, &arena, &answer, &diag), STATUS_NO_MEMORY);
}

int main(void)
{
    TEST_TABLE(requests, request_cases, check_request);
    TEST_TABLE(answers, answer_cases, check_answer);
    TEST_TABLE(hostile, bytes_cases, check_bytes);
    static const struct CMUnitTest rest[] = {
        cmocka_unit_test(test_answer__every_status__comes_back),
        cmocka_unit_test(test_requests__of_a_group__come_back_in_order),
        cmocka_unit_test(test_answers__of_a_group__come_back_in_order),
        cmocka_unit_test(test_decode__over_a_frame__is_too_large),
        cmocka_unit_test(test_decode__full_arena__has_no_memory),
    };
    TEST_TABLE(memory, memory_cases, check_memory);
    TEST_TABLE(groups, group_cases, check_group);
    int failed = cmocka_run_group_tests_name("requests", requests, set_up, tear_down);
    failed += cmocka_run_group_tests_name("answers", answers, set_up, tear_down);
    failed += cmocka_run_group_tests_name("bytes of others", hostile, set_up, tear_down);
    failed += cmocka_run_group_tests_name("memory", memory, set_up, tear_down);
    failed += cmocka_run_group_tests_name("groups", groups, set_up, tear_down);
    failed += cmocka_run_group_tests_name("door wire", rest, set_up, tear_down);
    return failed;
}
