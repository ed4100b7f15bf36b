/* As the door does: unpack, read, check. */
#include "tests/fuzz/submission_at_intake.h"

#include "common/wire/unpack.h"
#include "services/intake/intake_wire.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

void submission_at_intake(struct view request, uint32_t today, struct arena *arena)
{
    struct submission submission = {.id = NULL};
    struct facts_problems problems = {.count = 0};
    char id[SUBMISSION_ID_TEXT_SIZE];
    ProtobufCMessage *message = NULL;
    struct diag diag = {0};
    FUZZ_CHECK(wire_unpack(&netra__v1__submit_case__descriptor, request, arena, &message, &diag) ==
               STATUS_OK);
    FUZZ_CHECK(intake_wire_read_submission(message, &submission, &diag) == STATUS_OK);
    submission_check(&submission, today, id, &problems);
    if (problems.count > 0)
        (void)fprintf(stderr, "%s: %s\n", problems.problems[0].path, problems.problems[0].rule);
    FUZZ_CHECK(problems.count == 0);
}
