/*
 * Everything that classification reads: cases of intake's stream, decided with the delivered
 * ruleset; decisions as they rest; workers' requests and results; questions and acts at the door.
 */
#include "common/wire/unpack.h"
#include "services/classification/classification_wire.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tables.h"

#include <string.h>

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

/* The scratch memory that deciding has. */
static struct arena *scratch_arena(void)
{
    static struct arena scratch;
    if (scratch.base == NULL)
        FUZZ_CHECK(arena_open(&scratch, CLASSIFICATION_SCRATCH_BYTES) == STATUS_OK);
    arena_reset(&scratch);
    return &scratch;
}

static void decide(struct view rest, struct arena *arena)
{
    struct verdict first, second;
    struct diag diag = {0};
    (void)arena;
    if (!is_read(
            classification_wire_decide(tables_ruleset(), rest, scratch_arena(), &first, &diag),
            &diag))
        return;
    FUZZ_CHECK(verdict_check(&first, &diag) == STATUS_OK);
    FUZZ_CHECK(classification_wire_decide(tables_ruleset(), rest, scratch_arena(), &second,
                                          &diag) == STATUS_OK);
    FUZZ_CHECK(memcmp(&first, &second, sizeof first) == 0);
}

/* What a reviewer may make of the decision stays one that can be written and read. */
static void act_on(const struct decision_made *made, struct arena *arena)
{
    struct decision_made changed = *made;
    struct diag diag = {0};
    struct view bytes;
    enum status status = decision_confirm(&changed, made->revision, &diag);
    if (!is_read(status, &diag))
        return;
    changed.revision = made->revision;
    status = decision_override(&changed, made->revision, tables_ruleset(), "DISIPLIN-05", &diag);
    if (!is_read(status, &diag))
        return;
    FUZZ_CHECK(verdict_check(&changed.verdict, &diag) == STATUS_OK);
    FUZZ_CHECK(classification_wire_made(&changed, arena, &bytes) == STATUS_OK);
}

static void made(struct view rest, struct arena *arena)
{
    struct decision_made first, second;
    struct code_basis rows[DECISION_BASIS_MAX];
    struct view bytes, again, shown;
    struct diag diag = {0};
    if (!is_read(classification_wire_read_made(rest, arena, &first, &diag), &diag))
        return;
    FUZZ_CHECK(verdict_check(&first.verdict, &diag) == STATUS_OK);
    FUZZ_CHECK(classification_wire_made(&first, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(classification_wire_read_made(bytes, arena, &second, &diag) == STATUS_OK);
    FUZZ_CHECK(classification_wire_made(&second, arena, &again) == STATUS_OK);
    FUZZ_CHECK(view_equals(bytes, again));
    FUZZ_CHECK(memcmp(&first.verdict, &second.verdict, sizeof first.verdict) == 0);
    FUZZ_CHECK(decision_basis(tables_ruleset(), &first, rows) <= DECISION_BASIS_MAX);
    act_on(&first, arena);

    struct decision row = {.id = 1, .revision = first.revision, .made = bytes};
    FUZZ_CHECK(is_read(classification_wire_decision_rows(&row, 1, arena, &shown), NULL));
    FUZZ_CHECK(shown.size <= CLASSIFICATION_ANSWER_BYTES);
    FUZZ_CHECK(is_read(classification_wire_case_decisions(&row, 1, arena, &shown), NULL));
}

static void ask(struct view rest, struct arena *arena)
{
    struct lease_ask ask;
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__work_request__descriptor, rest, arena);
    if (message != NULL && is_read(classification_wire_read_ask(message, &ask, &diag), &diag))
        FUZZ_CHECK(ask.cases_max <= LEASE_CASES_MAX);
}

static void result(struct view rest, struct arena *arena)
{
    struct lease_results results;
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__work_results__descriptor, rest, arena);
    if (message == NULL ||
        !is_read(classification_wire_read_results(message, arena, &results, &diag), &diag))
        return;
    for (size_t i = 0; i < results.count; i++) {
        FUZZ_CHECK(results.rows[i].point.seq != 0);
        FUZZ_CHECK(verdict_check(&results.rows[i].verdict, &diag) == STATUS_OK);
    }
}

static void list(struct view rest, struct arena *arena)
{
    uint64_t after = 0;
    uint32_t rows_max = 0;
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__list_request__descriptor, rest, arena);
    if (message != NULL &&
        is_read(classification_wire_read_list(message, &after, &rows_max, &diag), &diag))
        FUZZ_CHECK(after <= INT64_MAX && rows_max >= 1 && rows_max <= LIMIT_LIST_ROWS);
}

static void case_request(struct view rest, struct arena *arena)
{
    uint8_t handle[CASE_HANDLE_SIZE];
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__case_request__descriptor, rest, arena);
    if (message != NULL)
        (void)is_read(classification_wire_read_case_request(message, handle, &diag), &diag);
}

static void ruleset_request(struct view rest, struct arena *arena)
{
    uint8_t digest[SHA256_SIZE];
    uint32_t offset = 0;
    struct view part;
    struct diag diag = {0};
    struct view ruleset = ruleset_bytes(tables_ruleset());
    const ProtobufCMessage *message = unpack(&netra__v1__ruleset_request__descriptor, rest, arena);
    if (message == NULL ||
        !is_read(classification_wire_read_ruleset_request(message, digest, &offset, &diag), &diag))
        return;
    if (is_read(classification_wire_ruleset_part(ruleset, offset, arena, &part, &diag), &diag))
        FUZZ_CHECK(offset < ruleset.size && part.size <= LIMIT_FRAME_BYTES);
}

static void confirm(struct view rest, struct arena *arena)
{
    uint32_t revision = 0;
    struct diag diag = {0};
    (void)is_read(classification_wire_read_confirm(rest, arena, &revision, &diag), &diag);
}

static void override(struct view rest, struct arena *arena)
{
    uint32_t revision = 0;
    const char *code = NULL;
    struct diag diag = {0};
    if (is_read(classification_wire_read_override(rest, arena, &revision, &code, &diag), &diag))
        FUZZ_CHECK(code != NULL);
}

static void loaded(struct view rest, struct arena *arena)
{
    const char *service = NULL;
    uint8_t digest[SHA256_SIZE];
    struct diag diag = {0};
    if (is_read(classification_wire_read_tables(rest, arena, &service, digest, &diag), &diag))
        FUZZ_CHECK(service != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {
        decide, made, ask, result, list, case_request, ruleset_request, confirm, override, loaded};
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
