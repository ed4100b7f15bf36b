/*
 * A submission as somebody wrote it, in JSON: read, checked, sealed, packed. What the client takes
 * without a mistake intake takes too; what is wrong is told without a word of what was written.
 */
#include "common/base/bytes.h"
#include "services/netra/submission.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/submission_at_intake.h"

#include <sodium.h>
#include <string.h>

/* Two protection officers' public keys. */
static const struct netra_config *configuration(void)
{
    static struct netra_config config;
    static char hex[PROTECTION_OFFICERS][65];
    static char *officers[PROTECTION_OFFICERS];
    for (unsigned i = 0; i < PROTECTION_OFFICERS && config.protection_officers == NULL; i++) {
        const uint8_t secret[32] = {(uint8_t)(i + 1)};
        uint8_t key[32];
        FUZZ_CHECK(crypto_scalarmult_base(key, secret) == 0);
        bytes_to_hex(view_of(key, sizeof key), hex[i]);
        officers[i] = hex[i];
    }
    config.protection_officers = officers;
    config.protection_officers_count = PROTECTION_OFFICERS;
    return &config;
}

/* Paths hold the names of fields, which are the writer's where they are unknown; rules are ours.
 */
static void check_problems(const struct facts_problems *problems)
{
    for (unsigned i = 0; i < problems->count && i < FACTS_PROBLEMS_MAX; i++) {
        FUZZ_CHECK(problems->problems[i].rule[0] != '\0');
        FUZZ_CHECK(fuzz_is_printable(problems->problems[i].path));
        FUZZ_CHECK(fuzz_is_printable(problems->problems[i].rule));
        FUZZ_CHECK(!fuzz_has_canary(problems->problems[i].rule));
    }
}

static void hand_in(json_t *object, struct arena *arena)
{
    static struct submission submission;
    static struct facts_problems problems;
    const struct submission_setting setting = {
        .config = configuration(), .file = "-", .today = FUZZ_TODAY};
    struct view packed, body;
    struct diag diag = {0};
    memset(&problems, 0, sizeof problems);
    enum status status = submission_make(object, &setting, arena, &submission, &problems, &diag);
    check_problems(&problems);
    if (status != STATUS_OK) {
        FUZZ_CHECK(status == STATUS_FACTS_INVALID && problems.count > 0);
        return;
    }
    FUZZ_CHECK(problems.count == 0);
    FUZZ_CHECK(submission_pack(&submission, arena, &packed) == STATUS_OK);
    FUZZ_CHECK(submission_stamp(packed, arena, &body) == STATUS_OK);
    submission_at_intake(body, FUZZ_TODAY, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct report report;
    static struct facts_problems problems;
    struct arena *arena = fuzz_arena();
    json_t *object = NULL;
    struct diag diag = {0};
    enum status status = facts_json_parse(view_of(bytes, size), &object, &diag);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, status == STATUS_BODY_EMPTY ? NULL : &diag);
        return 0;
    }
    json_t *said = facts_json_submission(object);
    memset(&problems, 0, sizeof problems);
    FUZZ_CHECK(facts_json_read(said, FUZZ_TODAY, arena, &report, &problems) == STATUS_OK);
    check_problems(&problems);
    /* Evidence is files of this machine, which no input may choose. */
    (void)json_object_del(said, "evidence");
    hand_in(said, arena);
    json_decref(object);
    fuzz_done();
    return 0;
}
