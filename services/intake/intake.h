/*
 * What intake decides of a submission: whether it may come in, which earlier one it repeats, and
 * what identifies the new case. Pure; the content is bytes here and nobody looks inside.
 *
 * Errors: `diag` names the field and the rule, never a value of the content.
 */
#ifndef NETRA_INTAKE_INTAKE_H
#define NETRA_INTAKE_INTAKE_H

#include "common/base/diag.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"
#include "services/intake/case_number.h"

#include <stdbool.h>
#include <stdint.h>

#define SUBMISSION_ID_TEXT_SIZE 37u /* UUID text, and a NUL */
#define SUBMISSION_HASH_SIZE 32u
#define REGION_TEXT_MAX 13u /* "36.04.01.2001": a desa, the longest Kemendagri code */
#define CASE_HANDLE_RANDOM_BYTES 8u

/* A submission as a node sent it. */
struct submission {
    const char *id;
    const char *region;
    struct view content;
};

/* What a receipt says (ReceiptBody). */
struct receipt_facts {
    const char *origin;
    const char *case_number;
    const char *submission_id;
    uint64_t accepted_at; /* Unix seconds */
    uint8_t commitment[SHA256_SIZE];
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
    uint8_t case_handle[CASE_HANDLE_SIZE];
};

/* What the stream to classification says (CaseAccepted). */
struct accepted_facts {
    const char *case_number;
    const char *submission_id;
    const char *node;
    const char *region;
    uint64_t accepted_at; /* Unix seconds */
    uint32_t facts_revision;
    struct view content;
};

/* A row of the list of cases (CaseRow). */
struct case_row {
    uint64_t id;
    const char *case_number;
    const char *submission_id;
    const char *region;
    const char *node;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint64_t accepted_at; /* Unix seconds */
};

/*
 * Checks a submission's fields and writes its id's one spelling (lower case) to `id`.
 * STATUS_FIELD_MISSING: no id or no region. STATUS_OUT_OF_RANGE: the id is not the text form of a
 * UUID, or the region is not digits in groups joined by dots, at most REGION_TEXT_MAX characters.
 * STATUS_BODY_EMPTY, STATUS_BODY_TOO_LARGE (over LIMIT_SUBMISSION_BYTES).
 */
enum status submission_check(const struct submission *submission, char id[SUBMISSION_ID_TEXT_SIZE],
                             struct diag *diag) MUST_USE;

/*
 * The keyed hash by which a repeated submission is known: BLAKE2b-256 with the index key over
 * "netra-submission/v1\n" | region's size[4] | region | content.
 * Why keyed: a plain hash of a report confirms a guess of what it says.
 */
void submission_hash(const struct submission *submission, const uint8_t index_key[32],
                     uint8_t hash[SUBMISSION_HASH_SIZE]);

/* A case's handle: the seq of its first event and random bytes. */
void case_handle_make(uint64_t seq, const uint8_t random[CASE_HANDLE_RANDOM_BYTES],
                      uint8_t case_handle[CASE_HANDLE_SIZE]);

/* Whether that peer reads the content of cases, and so may ask for their keys. */
bool intake_hands_keys_to(const char *service);

#endif
