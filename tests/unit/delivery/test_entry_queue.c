/*
 * The queue of received entries: order, bounds, and that nothing secret stays behind.
 */
#include "tests/support/test.h"

#include "common/delivery/entry_queue.h"
#include "tests/unit/delivery/stream_fixture.h"

static void test_queue__many_sizes_round_the_ring__keeps_order_and_bytes(void **state)
{
    (void)state;
    static uint8_t payload[LIMIT_EVENT_PAYLOAD_BYTES];
    struct entry_queue queue;
    uint64_t pushed = 0;
    uint64_t popped = 0;
    assert_int_equal(entry_queue_open(&queue), STATUS_OK);
    for (unsigned step = 0; step < 5000; step++) {
        size_t size = (size_t)((step * 7919u) % LIMIT_EVENT_PAYLOAD_BYTES) + 1;
        struct queued_entry entry = fixture_entry('q', pushed + 1, 1);
        memset(payload, (int)((pushed + 1) & 0xff), size);
        entry.payload = view_of(payload, size);
        while (entry_queue_push(&queue, &entry) == NULL) {
            struct queued_entry *oldest = entry_queue_at(&queue, 0);
            assert_non_null(oldest);
            popped++;
            assert_int_equal(oldest->through.seq, popped);
            assert_int_equal(oldest->payload.bytes[0], popped & 0xff);
            assert_int_equal(oldest->payload.bytes[oldest->payload.size - 1], popped & 0xff);
            entry_queue_pop(&queue);
        }
        pushed++;
    }
    assert_int_equal(queue.count, pushed - popped);
    entry_queue_close(&queue);
}

static void test_queue__granted_credit_of_bytes__fits(void **state)
{
    (void)state;
    static uint8_t payload[LIMIT_EVENT_PAYLOAD_BYTES];
    struct entry_queue queue;
    size_t bytes = 0;
    assert_int_equal(entry_queue_open(&queue), STATUS_OK);
    for (uint64_t seq = 1; bytes + sizeof payload <= CREDIT_BYTES; seq++) {
        struct queued_entry entry = fixture_entry('q', seq, 1);
        entry.payload = view_of(payload, sizeof payload);
        assert_non_null(entry_queue_push(&queue, &entry));
        bytes += sizeof payload;
    }
    entry_queue_close(&queue);
}

static void test_pop__entry_with_a_key__wipes_key_and_payload(void **state)
{
    (void)state;
    struct entry_queue queue;
    struct queued_entry entry = fixture_entry('q', 1, 1);
    entry.key_state = ENTRY_KEY_HERE;
    memset(entry.case_key, 0xa5, CASE_KEY_SIZE);
    assert_int_equal(entry_queue_open(&queue), STATUS_OK);
    const struct queued_entry *row = entry_queue_push(&queue, &entry);
    assert_non_null(row);
    const uint8_t *bytes = row->payload.bytes;
    size_t size = row->payload.size;
    entry_queue_pop(&queue);
    assert_true(view_is_zero(view_of(row->case_key, CASE_KEY_SIZE)));
    assert_true(view_is_zero(view_of(bytes, size)));
    assert_null(entry_queue_at(&queue, 0));
    entry_queue_close(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue__many_sizes_round_the_ring__keeps_order_and_bytes),
        cmocka_unit_test(test_queue__granted_credit_of_bytes__fits),
        cmocka_unit_test(test_pop__entry_with_a_key__wipes_key_and_payload),
    };
    return cmocka_run_group_tests_name("entry queue", tests, NULL, NULL);
}
