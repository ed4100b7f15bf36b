/*
 * wire_scan against protobuf-c, for every message of the contract: what the walk accepts,
 * protobuf-c unpacks, within LIMIT_UNPACKED_BYTES and without a leak; packed again it is accepted
 * and gives the same bytes for ever. The first byte says which message; the table only ever grows
 * at its end.
 */
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/any_to_audit_log.pb-c.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/intake_to_any.pb-c.h"
#include "netra/v1/intake_to_classification.pb-c.h"
#include "netra/v1/link.pb-c.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "netra/v1/service_to_intake.pb-c.h"
#include "netra/v1/worker_to_classification.pb-c.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define M(name) &netra__v1__##name##__descriptor
static const ProtobufCMessageDescriptor *const messages[] = {
    M(frame),
    M(door_request),
    M(door_answer),
    M(empty),
    M(stream_opened),
    M(service_recovered),
    M(destination_reset),
    M(dead_lettered),
    M(dead_letter_retried),
    M(service_drained),
    M(tables_loaded),
    M(key_authorised),
    M(key_revoked),
    M(case_accepted),
    M(decision_made),
    M(case_read),
    M(case_keys_given),
    M(notice_queued),
    M(notice_settled),
    M(submit_case),
    M(correct_case),
    M(receipt),
    M(receipt_body),
    M(case_keys_request),
    M(case_keys),
    M(work_request),
    M(lease),
    M(work_result),
    M(ruleset_request),
    M(ruleset_part),
    M(person_act),
    M(act_done),
    M(list_request),
    M(service_status),
    M(stream_point_request),
    M(stream_point),
    M(dead_letters),
    M(register_keys),
    M(case_rows),
    M(case_request),
    M(case_view),
    M(link_cases),
    M(case_text_request),
    M(case_text),
    M(open_reporter),
    M(decision_rows),
    M(case_decisions),
    M(confirm_decision),
    M(override_decision),
    M(notice_rows),
    M(notice_request),
    M(notice_text),
    M(resend_notice),
    M(route),
    M(audit_head),
    M(audit_leaves),
    M(audit_stream_request),
    M(work_results),
};
#define MESSAGE_COUNT (sizeof messages / sizeof messages[0])

/* Blocks of protobuf-c's own, each of its exact size, and what an arena would have given. */
struct taken {
    size_t bytes;
};

static void *take(void *self, size_t size)
{
    struct taken *taken = self;
    void *block = malloc(size);
    FUZZ_CHECK(block != NULL);
    taken->bytes += (size + 15u) & ~(size_t)15u;
    return block;
}

static void give_back(void *self, void *block)
{
    (void)self;
    free(block);
}

/* Packs into a block of exactly that size, which the caller frees. */
static struct view pack(const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = malloc(size + 1);
    FUZZ_CHECK(bytes != NULL);
    FUZZ_CHECK(protobuf_c_message_pack(message, bytes) == size);
    return view_of(bytes, size);
}

static struct view unpack_and_pack(const ProtobufCMessageDescriptor *descriptor, struct view bytes)
{
    struct taken taken = {0};
    ProtobufCAllocator allocator = {.alloc = take, .free = give_back, .allocator_data = &taken};
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, &allocator, bytes.size, bytes.bytes);
    FUZZ_CHECK(message != NULL);
    FUZZ_CHECK(taken.bytes <= LIMIT_UNPACKED_BYTES);
    FUZZ_CHECK(protobuf_c_message_check(message));
    struct view packed = pack(message);
    protobuf_c_message_free_unpacked(message, &allocator);
    return packed;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct diag diag = {0};
    if (size == 0 || bytes[0] >= MESSAGE_COUNT)
        return 0;
    const ProtobufCMessageDescriptor *descriptor = messages[bytes[0]];
    struct view first = view_of(bytes + 1, size - 1);
    enum status status = wire_scan(descriptor, first, &diag);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, &diag);
        return 0;
    }
    struct view second = unpack_and_pack(descriptor, first);
    FUZZ_CHECK(second.size <= first.size);
    FUZZ_CHECK(wire_scan(descriptor, second, &diag) == STATUS_OK);
    struct view third = unpack_and_pack(descriptor, second);
    FUZZ_CHECK(view_equals(second, third));
    free((void *)(uintptr_t)second.bytes);
    free((void *)(uintptr_t)third.bytes);

    /* And through the arena, as everybody does. */
    struct arena *arena = fuzz_arena();
    ProtobufCMessage *message = NULL;
    FUZZ_CHECK(wire_unpack(descriptor, first, arena, &message, &diag) == STATUS_OK);
    FUZZ_CHECK(arena->used_max <= LIMIT_UNPACKED_BYTES);
    return 0;
}
