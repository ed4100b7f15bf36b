/*
 * A submission on its way to intake: from what a person wrote to the request, and from the answer
 * to the receipt.
 *
 * Why: one at a time, by the thousand and as a correction are the same steps.
 * Owns: nothing; what is made lies in the arena given.
 * Errors: STATUS_FACTS_INVALID with every problem at once.
 */
#ifndef NETRA_NETRA_SUBMISSION_H
#define NETRA_NETRA_SUBMISSION_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/case/facts.h"
#include "common/wire/header.h"
#include "services/netra/facts_json.h"
#include "services/netra/json.h"
#include "services/netra/netra_config.h"
#include "services/netra/reporter_seal.h"
#include "services/netra/uuid7.h"

#include <stdbool.h>
#include <stdint.h>

/* What a submission is made with, beside what is written in it. */
struct submission_setting {
    const struct netra_config *config; /* whom a reporter is sealed for */
    const char *region;                /* stands in where none is written; NULL: none */
    const char *id;                    /* NULL: the written one, else a new one */
    const char *file;                  /* evidence is looked for beside it; "-": here */
    const char *const *attachments;    /* files of the command line */
    unsigned attachment_count;
    uint32_t today;
};

struct submission {
    uint8_t id[UUID_SIZE];
    struct facts facts;
    bool has_reporter;
    uint8_t sealed_reporter[REPORTER_SEALED_SIZE];
};

/*
 * Makes a submission of a JSON object, which must outlive it: facts, evidence's digests, the
 * sealed reporter, the id. STATUS_FACTS_INVALID: `problems` has them all, those of before too.
 * STATUS_CONFIG_INVALID: protection_officers are no keys. STATUS_OUT_OF_RANGE: setting->id is no
 * UUID. STATUS_NOT_FOUND: an attachment can't be read. STATUS_NO_MEMORY.
 */
enum status submission_make(json_t *object, const struct submission_setting *setting,
                            struct arena *arena, struct submission *ret_submission,
                            struct facts_problems *problems, struct diag *diag) MUST_USE;

/* Draws a new id from the clock and the kernel's randomness. */
void submission_draw_id(uint8_t id[UUID_SIZE]);

/* Today in the province's zone. */
uint32_t submission_today(void);

/* Encodes the request without its time of sending. STATUS_NO_MEMORY. */
enum status submission_pack(const struct submission *submission, struct arena *arena,
                            struct view *ret_body) MUST_USE;

/* The request that leaves now. A packed one may be sent much later than it was made, and again:
 * the time stands behind it (a message's encoding may be joined of parts). STATUS_NO_MEMORY. */
enum status submission_stamp(struct view packed, struct arena *arena,
                             struct view *ret_body) MUST_USE;

/* The same as a correction of a case. `expected_revision` 0: whichever is the newest. */
enum status submission_pack_correction(const struct submission *submission,
                                       const char *case_number, uint32_t expected_revision,
                                       struct arena *arena, struct view *ret_body) MUST_USE;

#endif
