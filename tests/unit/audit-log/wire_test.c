/* Does every answer fit a frame, and is a request that asks for too much refused? */
#include "tests/support/test.h"

#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/audit-log/audit_log_wire.h"
#include "common/base/merkle.h"

#include <string.h>

#define ENVELOPE_BYTES 1024u

static int open_arena(void **state)
{
    static struct arena arena;
    *state = &arena;
    return arena_open(&arena, 8u << 20) != STATUS_OK;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

/* A page as the store would fill it: with the largest rows until it is full. */
static void fill_page(struct audit_log_page *page, struct arena *arena, size_t payload_size)
{
    uint8_t *payload = arena_take(arena, payload_size);
    assert_non_null(payload);
    assert_int_equal(audit_log_page_open(page, LIMIT_LIST_ROWS, AUDIT_LOG_PAGE_BYTES_MAX, arena),
                     STATUS_OK);
    while (page->count < page->rows_max) {
        size_t bytes = page->bytes + AUDIT_LOG_ROW_BYTES + payload_size;
        if (bytes > page->bytes_max)
            return;
        struct audit_log_row *row = &page->rows[page->count++];
        row->index = INT64_MAX;
        row->payload = view_of(payload, payload_size);
        page->bytes = bytes;
    }
}

struct page_case {
    const char *name;
    size_t payload_size;
    size_t want_count;
};

static struct page_case page_cases[] = {
    {"leaves without payloads", 0, 256},
    {"leaves of small events", 500, 256},
    {"leaves of 1 KiB", 1024, 197},
    {"leaves of the largest events", LIMIT_EVENT_PAYLOAD_BYTES, 1},
};

static void test_page(void **state)
{
    const struct page_case *row = *state;
    void *made = NULL;
    struct audit_log_page page;
    struct view bytes;
    ProtobufCMessage *message = NULL;
    struct diag diag = {.text = ""};
    assert_int_equal(open_arena(&made), 0);
    fill_page(&page, made, row->payload_size);
    assert_int_equal(page.count, row->want_count);
    page.has_node = true;
    page.node_index = INT64_MAX;
    memset(page.node_hash, 7, SHA256_SIZE);
    assert_int_equal(audit_log_wire_page(&page, made, &bytes), STATUS_OK);
    assert_true(bytes.size <= page.bytes + AUDIT_LOG_NODE_BYTES);
    assert_true(bytes.size <= LIMIT_FRAME_BYTES - ENVELOPE_BYTES);
    assert_int_equal(
        wire_unpack(&netra__v1__audit_leaves__descriptor, bytes, made, &message, &diag),
        STATUS_OK);
    const Netra__V1__AuditLeaves *leaves = (const Netra__V1__AuditLeaves *)message;
    assert_int_equal(leaves->n_leaves, page.count);
    assert_int_equal(leaves->leaves[page.count - 1]->index, INT64_MAX);
    assert_int_equal(leaves->leaves[0]->payload.len, row->payload_size);
    assert_int_equal(leaves->n_nodes, 1);
    assert_memory_equal(leaves->nodes[0]->hash.data, page.node_hash, SHA256_SIZE);
    assert_int_equal(close_arena(&made), 0);
}

static void test_page__without_leaves__is_empty(void **state)
{
    struct audit_log_page page;
    struct view bytes;
    assert_int_equal(audit_log_page_open(&page, 1, AUDIT_LOG_PAGE_BYTES_MAX, *state), STATUS_OK);
    assert_int_equal(audit_log_wire_page(&page, *state, &bytes), STATUS_OK);
    assert_int_equal(bytes.size, 0);
}

static void test_head__is_told_whole(void **state)
{
    struct audit_log_signed newest = {.size = 12, .root = {1, 2, 3}, .checkpoint = "note"};
    struct view bytes;
    ProtobufCMessage *message = NULL;
    struct diag diag = {.text = ""};
    newest.checkpoint_size = 4;
    assert_int_equal(
        audit_log_wire_head("log.example/a", &newest, view_of_text("vkey"), *state, &bytes),
        STATUS_OK);
    assert_int_equal(
        wire_unpack(&netra__v1__audit_head__descriptor, bytes, *state, &message, &diag),
        STATUS_OK);
    const Netra__V1__AuditHead *head = (const Netra__V1__AuditHead *)message;
    assert_string_equal(head->origin, "log.example/a");
    assert_string_equal(head->verifier_key, "vkey");
    assert_int_equal(head->size, 12);
    assert_memory_equal(head->root.data, newest.root, SHA256_SIZE);
    assert_int_equal(head->checkpoint.len, 4);
}

struct request_case {
    const char *name;
    uint64_t after;
    uint32_t rows_max;
    size_t stream_id_size;
    enum status want_list;
    enum status want_stream;
};

static struct request_case request_cases[] = {
    {"a first page", 0, 256, 16, STATUS_OK, STATUS_OK},
    {"the last number there can be", INT64_MAX, 1, 16, STATUS_OK, STATUS_OK},
    {"no rows", 0, 0, 16, STATUS_OUT_OF_RANGE, STATUS_OUT_OF_RANGE},
    {"too many rows", 0, 257, 16, STATUS_OUT_OF_RANGE, STATUS_OUT_OF_RANGE},
    {"a number that none has", UINT64_MAX, 1, 16, STATUS_OUT_OF_RANGE, STATUS_OUT_OF_RANGE},
    {"a stream id that is too short", 0, 1, 15, STATUS_OK, STATUS_OUT_OF_RANGE},
};

static void test_request(void **state)
{
    const struct request_case *row = *state;
    uint8_t id[STREAM_ID_SIZE] = {9};
    uint8_t got_id[STREAM_ID_SIZE];
    uint64_t after = 0;
    uint32_t rows_max = 0;
    struct diag diag = {.text = ""};
    Netra__V1__ListRequest list = NETRA__V1__LIST_REQUEST__INIT;
    Netra__V1__AuditStreamRequest stream = NETRA__V1__AUDIT_STREAM_REQUEST__INIT;
    list.after = stream.after_seq = row->after;
    list.rows_max = stream.rows_max = row->rows_max;
    stream.stream_id = wire_bytes(view_of(id, row->stream_id_size));
    assert_int_equal(audit_log_wire_read_list(&list.base, &after, &rows_max, &diag),
                     row->want_list);
    if (row->want_list == STATUS_OK) {
        assert_true(after == row->after && rows_max == row->rows_max);
    }
    assert_int_equal(audit_log_wire_read_stream(&stream.base, got_id, &after, &rows_max, &diag),
                     row->want_stream);
    if (row->want_stream == STATUS_OK)
        assert_memory_equal(got_id, id, STREAM_ID_SIZE);
    else
        assert_string_not_equal(diag.text, "");
}

struct case_request_case {
    const char *name;
    const char *case_number;
    size_t handle_size;
    enum status want;
};

static struct case_request_case case_request_cases[] = {
    {"a case by its handle", "", 16, STATUS_OK},
    {"a handle that is too short", "", 15, STATUS_OUT_OF_RANGE},
    {"no handle", "", 0, STATUS_OUT_OF_RANGE},
    {"a case number, which audit-log doesn't know", "7K3M-9Q2F-X", 16, STATUS_OUT_OF_RANGE},
};

static void test_case_request(void **state)
{
    const struct case_request_case *row = *state;
    const uint8_t handle[CASE_HANDLE_SIZE] = {1, 2, 3};
    uint8_t got[CASE_HANDLE_SIZE] = {0};
    char number[32] = "";
    struct diag diag = {.text = ""};
    Netra__V1__CaseRequest request;
    netra__v1__case_request__init(&request);
    memcpy(number, row->case_number, strlen(row->case_number));
    request.case_number = number;
    request.case_handle = wire_bytes(view_of(handle, row->handle_size));
    assert_int_equal(audit_log_wire_read_case(&request.base, got, &diag), row->want);
    if (row->want == STATUS_OK)
        assert_memory_equal(got, handle, CASE_HANDLE_SIZE);
    else
        assert_string_not_equal(diag.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_page__without_leaves__is_empty, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(test_head__is_told_whole, open_arena, close_arena),
    };
    TEST_TABLE(pages, page_cases, test_page);
    TEST_TABLE(requests, request_cases, test_request);
    TEST_TABLE(case_requests, case_request_cases, test_case_request);
    int failed = cmocka_run_group_tests_name("audit-log/wire", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("audit-log/wire/pages", pages, NULL, NULL);
    failed += cmocka_run_group_tests_name("audit-log/wire/requests", requests, NULL, NULL);
    failed +=
        cmocka_run_group_tests_name("audit-log/wire/case_requests", case_requests, NULL, NULL);
    return failed;
}
