/*
 * What a worker reads of classification's answers: leases with the cases in them, parts of a
 * ruleset until they are whole. What it answers, classification reads.
 */
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "services/classification/classification_wire.h"
#include "services/worker/ruleset_fetch.h"
#include "services/worker/worker_wire.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* The answer as classification gets it. */
static void answer(const struct worker_lease *lease, const struct worker_case *leased,
                   struct arena *arena)
{
    static struct worker_results results;
    struct worker_result *result = &results.rows[0];
    struct lease_results read;
    ProtobufCMessage *message = NULL;
    struct view bytes;
    struct diag diag = {0};
    results.lease_id = lease->lease_id;
    results.pin = lease->pin;
    results.count = 1;
    result->seq = leased->seq;
    memcpy(result->stream_id, leased->stream_id, STREAM_ID_SIZE);
    verdict_undecided("DIED_ALONE", &result->verdict);
    FUZZ_CHECK(worker_wire_results(&results, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(wire_unpack(&netra__v1__work_results__descriptor, bytes, arena, &message, &diag) ==
               STATUS_OK);
    enum status status = classification_wire_read_results(message, arena, &read, &diag);
    if (status != STATUS_OK) {
        FUZZ_CHECK(leased->seq == 0);
        return;
    }
    FUZZ_CHECK(read.count == 1 && read.rows[0].point.seq == leased->seq);
    FUZZ_CHECK(ruleset_pin_equals(&read.pin, &lease->pin));
    FUZZ_CHECK(memcmp(&read.rows[0].verdict, &result->verdict, sizeof result->verdict) == 0);
}

static void lease(struct view rest, struct arena *arena)
{
    struct worker_lease lease;
    struct diag diag = {0};
    enum status status = worker_wire_read_lease(rest, arena, &lease, &diag);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, &diag);
        return;
    }
    FUZZ_CHECK(lease.count <= WORKER_CASES_MAX);
    for (size_t i = 0; i < lease.count; i++) {
        struct case_read read;
        size_t mark = arena_mark(arena);
        status = classification_wire_read_case(lease.cases[i].facts, arena, &read, &diag);
        if (status != STATUS_OK)
            fuzz_check_refused(status, &diag);
        answer(&lease, &lease.cases[i], arena);
        arena_rewind(arena, mark);
    }
}

static void part(struct view rest, struct arena *arena)
{
    uint32_t size = 0;
    struct view bytes;
    struct diag diag = {0};
    enum status status = worker_wire_read_part(rest, arena, &size, &bytes, &diag);
    if (status != STATUS_OK)
        fuzz_check_refused(status, &diag);
    else
        FUZZ_CHECK(bytes.size <= LIMIT_FRAME_BYTES);
}

/* Parts of any size that claim any whole. */
static void fetch(struct view rest, struct arena *arena)
{
    static struct ruleset_fetch fetch;
    uint8_t digest[SHA256_SIZE];
    (void)arena;
    sha256_of(rest, digest);
    memset(&fetch, 0, offsetof(struct ruleset_fetch, bytes));
    ruleset_fetch_begin(&fetch, digest);
    while (rest.size > 0) {
        uint32_t size = 0;
        fuzz_take_into(&rest, (uint8_t *)&size, 3);
        enum fetch_progress progress =
            ruleset_fetch_take(&fetch, size, fuzz_take(&rest, fuzz_take_byte(&rest)));
        FUZZ_CHECK(fetch.received <= WORKER_RULESET_BYTES_MAX);
        FUZZ_CHECK(progress != FETCH_MORE || fetch.received < fetch.size);
        FUZZ_CHECK(progress != FETCH_BROKEN || fetch.received == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {lease, part, fetch};
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
