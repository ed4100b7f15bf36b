/*
 * A submission on its way to intake, and the receipt on its way back.
 *
 * Why: one at a time and by the thousand are the same request.
 */
#ifndef NETRA_NETRA_SUBMISSION_H
#define NETRA_NETRA_SUBMISSION_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"
#include "services/netra/json.h"
#include "services/netra/uuid7.h"

#include <stdbool.h>
#include <stdint.h>

#define REGION_BYTES 32u

/* What the client must know of a submission; its content goes as it is. */
struct submission {
    uint8_t id[UUID_SIZE];
    char region[REGION_BYTES];
    struct view content;
};

/* A receipt; texts and views lie in the arena it was unpacked to. */
struct receipt {
    const char *origin;
    const char *case_number;
    const char *submission_id;
    uint64_t accepted_at; /* Unix seconds */
    uint64_t seq;
    uint8_t commitment[32];
    uint8_t stream_id[STREAM_ID_SIZE];
    uint8_t case_handle[CASE_HANDLE_SIZE];
    struct view signed_bytes;
    uint8_t signature[SIGNATURE_SIZE];
};

/*
 * Fills in region and id of a submission whose `content` is set: `region` (NULL: the content's
 * own "region"), `id` as text (NULL: the content's own "submission_id", else a new one).
 * STATUS_FIELD_MISSING: no region anywhere. STATUS_OUT_OF_RANGE: a region too long, or an id that
 * is no UUID. STATUS_BODY_EMPTY, STATUS_BODY_TOO_LARGE. The content is not judged: intake does
 * that.
 */
enum status submission_complete(struct submission *submission, const char *region, const char *id,
                                struct diag *diag) MUST_USE;

/* Draws a new id from the clock and the kernel's randomness. */
void submission_draw_id(uint8_t id[UUID_SIZE]);

/* Encodes the request. STATUS_NO_MEMORY. */
enum status submission_pack(const struct submission *submission, struct arena *arena,
                            struct view *ret_body) MUST_USE;

/* Reads an answer. STATUS_OUT_OF_RANGE (a field's size), STATUS_MALFORMED (not what a receipt's
 * signed bytes begin with), and the scan's statuses. */
enum status receipt_unpack(struct view answer, struct arena *arena, struct receipt *ret_receipt,
                           struct diag *diag) MUST_USE;

/* The same from what is signed alone. */
enum status receipt_unpack_signed(struct view signed_bytes, struct arena *arena,
                                  struct receipt *ret_receipt, struct diag *diag) MUST_USE;

/* Checks the signature with intake's receipt key (64 hex digits). STATUS_CONFIG_INVALID: that is
 * no key. STATUS_SIGNATURE_INVALID. */
enum status receipt_check(const struct receipt *receipt, const char *receipt_public,
                          struct diag *diag) MUST_USE;

/* As JSON: what `case submit --json` prints and `receipt verify` reads. */
json_t *receipt_to_json(const struct receipt *receipt);

#endif
