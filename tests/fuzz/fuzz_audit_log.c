/*
 * What audit-log and whoever verifies it read: pages that are asked for, leaves as they were
 * handed out (log_check.c), proofs.
 */
#include "common/base/merkle.h"
#include "common/wire/unpack.h"
#include "services/audit-log/audit_log_wire.h"
#include "services/netra/log_check.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define LEAVES_MAX 64u

static bool is_read(enum status status, const struct diag *diag)
{
    if (status == STATUS_OK)
        return true;
    fuzz_check_refused(status, diag);
    return false;
}

static const ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *descriptor,
                                      struct view bytes, struct arena *arena)
{
    ProtobufCMessage *message = NULL;
    struct diag diag = {0};
    return is_read(wire_unpack(descriptor, bytes, arena, &message, &diag), &diag) ? message : NULL;
}

static void list(struct view rest, struct arena *arena)
{
    uint64_t after = 0;
    uint32_t rows_max = 0;
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__list_request__descriptor, rest, arena);
    if (message != NULL &&
        is_read(audit_log_wire_read_list(message, &after, &rows_max, &diag), &diag))
        FUZZ_CHECK(after <= INT64_MAX && rows_max >= 1 && rows_max <= LIMIT_LIST_ROWS);
}

static void stream(struct view rest, struct arena *arena)
{
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t after = 0;
    uint32_t rows_max = 0;
    struct diag diag = {0};
    const ProtobufCMessage *message =
        unpack(&netra__v1__audit_stream_request__descriptor, rest, arena);
    if (message != NULL &&
        is_read(audit_log_wire_read_stream(message, stream_id, &after, &rows_max, &diag), &diag))
        FUZZ_CHECK(after <= INT64_MAX && rows_max >= 1 && rows_max <= LIMIT_LIST_ROWS);
}

static void one_case(struct view rest, struct arena *arena)
{
    uint8_t handle[CASE_HANDLE_SIZE];
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__case_request__descriptor, rest, arena);
    if (message != NULL)
        (void)is_read(audit_log_wire_read_case(message, handle, &diag), &diag);
}

/* ---- leaves ---- */

struct told {
    uint64_t count;
};

static void differs(void *self, uint64_t first, uint64_t last, const char *what)
{
    struct told *told = self;
    FUZZ_CHECK(first <= last && what[0] != '\0');
    told->count++;
}

/* What every leaf begins with. */
static const uint8_t magic[14] = {'n', 'e', 't', 'r', 'a', '-', 'l',
                                  'e', 'a', 'f', '/', 'v', '1', '\n'};

/* One leaf, as the input says: its header, whether its stored hash is right, its payload. */
static bool check_leaf(struct log_check *check, struct view *rest, uint64_t index)
{
    uint8_t bytes[HEADER_SIZE], hash[SHA256_SIZE];
    struct event_header header;
    struct view payload;
    uint8_t flags = fuzz_take_byte(rest);
    struct view sealed = fuzz_take(rest, fuzz_take_byte(rest));
    fuzz_take_into(rest, bytes, HEADER_SIZE);
    if ((flags & 1) != 0) /* as its place in the stream wants it */
        memcpy(bytes, magic, sizeof magic);
    merkle_leaf_hash(view_of(bytes, HEADER_SIZE), hash);
    hash[0] ^= (uint8_t)((flags & 2) != 0);
    struct check_leaf leaf = {.index = index,
                              .leaf = view_of(bytes, (flags & 4) != 0 ? 231 : HEADER_SIZE),
                              .leaf_hash = view_of(hash, (flags & 8) != 0 ? 31 : SHA256_SIZE),
                              .payload = sealed};
    if (!log_check_leaf(check, &leaf, &header, &payload))
        return false;
    FUZZ_CHECK(payload.size <= sealed.size);
    return true;
}

static void leaves(struct view rest, struct arena *arena)
{
    struct log_check check;
    struct told told = {0};
    struct check_stream before;
    (void)arena;
    FUZZ_CHECK(log_check_open(&check, LEAVES_MAX, differs, &told) == STATUS_OK);
    fuzz_take_into(&rest, before.stream_id, STREAM_ID_SIZE);
    fuzz_take_into(&rest, before.digest, SHA256_SIZE);
    before.seq = fuzz_take_byte(&rest);
    log_check_begin_stream(&check, &before);
    log_check_expect_point(&check, &before, "somebody");
    log_check_expect_root(&check, 2, before.digest, "somebody else");
    for (uint64_t i = 0; i < LEAVES_MAX && rest.size > 0; i++) {
        if (!check_leaf(&check, &rest, i))
            break;
        FUZZ_CHECK(check.tree.size == i + 1);
    }
    log_check_node(&check, 0, view_of(before.digest, SHA256_SIZE));
    log_check_end(&check);
    FUZZ_CHECK(check.difference_count == told.count);
    log_check_close(&check);
}

/* ---- proofs ---- */

static uint64_t take_number(struct view *rest)
{
    uint64_t number = 0;
    fuzz_take_into(rest, (uint8_t *)&number, sizeof number);
    return number;
}

/* A tree of some leaves: a proof that was not made of it proves nothing. */
static void proofs(struct view rest, struct arena *arena)
{
    uint64_t index = take_number(&rest), size = take_number(&rest);
    uint8_t leaf[SHA256_SIZE], root[SHA256_SIZE];
    (void)arena;
    fuzz_take_into(&rest, leaf, sizeof leaf);
    fuzz_take_into(&rest, root, sizeof root);
    struct merkle_proof proof = {.hashes = rest.bytes, .count = rest.size / SHA256_SIZE};
    enum status status = merkle_verify_inclusion(index, size, leaf, proof, root);
    if (status == STATUS_OK)
        FUZZ_CHECK(index < size && proof.count <= MERKLE_PROOF_HASHES_MAX);
    else
        FUZZ_CHECK(status == STATUS_VERIFICATION_FAILED);
    status = merkle_verify_consistency(index, size, leaf, root, proof);
    if (status == STATUS_OK)
        FUZZ_CHECK(index <= size && proof.count <= MERKLE_PROOF_HASHES_MAX);
    else
        FUZZ_CHECK(status == STATUS_VERIFICATION_FAILED);
}

/* The root by appending is the root by ranges. */
static void roots(struct view rest, struct arena *arena)
{
    struct merkle_frontier tree = {0};
    uint8_t *hashes = arena_take(arena, (rest.size + 1) * SHA256_SIZE);
    uint8_t by_append[SHA256_SIZE], by_range[SHA256_SIZE];
    if (rest.size > LEAVES_MAX || rest.size == 0)
        return;
    for (size_t i = 0; i < rest.size; i++) {
        merkle_leaf_hash(view_of(rest.bytes + i, 1), hashes + i * SHA256_SIZE);
        (void)merkle_append(&tree, hashes + i * SHA256_SIZE, NULL);
    }
    merkle_root(&tree, by_append);
    merkle_range_hash(hashes, rest.size, by_range);
    FUZZ_CHECK(memcmp(by_append, by_range, SHA256_SIZE) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {list, stream, one_case, leaves, proofs, roots};
    if (size > LIMIT_EVENT_PAYLOAD_BYTES)
        return 0;
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
