/* The envelope of every request at a door and of its answer. */
#include "common/service/door_wire.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void request(struct view rest, struct arena *arena)
{
    struct door_request_parts first, second;
    struct view bytes;
    struct diag diag = {0};
    enum status status = door_request_decode(rest, arena, &first, &diag);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, &diag);
        return;
    }
    FUZZ_CHECK(door_request_encode(&first, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(door_request_decode(bytes, arena, &second, &diag) == STATUS_OK);
    FUZZ_CHECK(first.request_id == second.request_id && first.kind == second.kind);
    FUZZ_CHECK(view_equals(first.body, second.body));
}

static void answer(struct view rest, struct arena *arena)
{
    struct door_answer_parts first, second;
    struct view bytes;
    struct diag diag = {0};
    enum status status = door_answer_decode(rest, arena, &first, &diag);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, &diag);
        return;
    }
    FUZZ_CHECK(first.status < STATUS_COUNT && first.detail != NULL);
    FUZZ_CHECK(door_answer_encode(&first, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(door_answer_decode(bytes, arena, &second, &diag) == STATUS_OK);
    FUZZ_CHECK(first.request_id == second.request_id && first.status == second.status);
    FUZZ_CHECK(first.retry_after_ms == second.retry_after_ms);
    FUZZ_CHECK(strcmp(first.detail, second.detail) == 0);
    FUZZ_CHECK(view_equals(first.body, second.body));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {request, answer};
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
