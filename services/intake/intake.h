/*
 * What intake decides of a submission: whether it may come in, which earlier one it repeats, and
 * what identifies the new case. Pure.
 *
 * Errors: problems as facts_check's: a path and a rule each, never a name, a NIP or a text.
 */
#ifndef NETRA_INTAKE_INTAKE_H
#define NETRA_INTAKE_INTAKE_H

#include "common/base/diag.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/case/facts.h"
#include "common/wire/header.h"
#include "services/intake/case_number.h"

#include <stdbool.h>
#include <stdint.h>

#define SUBMISSION_ID_TEXT_SIZE 37u /* UUID text, and a NUL */
#define SUBMISSION_HASH_SIZE 32u
#define CASE_HANDLE_RANDOM_BYTES 8u
#define REPORTER_BYTES_MIN 97u   /* two seals of 48 bytes around something */
#define REPORTER_BYTES_MAX 2048u /* a name and a contact, sealed twice */
#define CLOCK_OFF_SECONDS 300u   /* a node's clock that is farther away is remarked on */
#define REVISIONS_MAX 65535u     /* of a case's facts: a row's id has 16 bits for it */

/* A submission as a node sent it. */
struct submission {
    const char *id;
    struct facts facts;
    uint64_t sent_at; /* Unix seconds on the node's clock; 0: not said */
    struct view sealed_reporter;
};

/* A correction as a node sent it. */
struct correction {
    const char *case_number;
    struct submission submission; /* without a reporter */
    uint32_t expected_revision;   /* 0: any */
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
    uint32_t facts_revision;
};

/* What the stream to classification says (CaseAccepted). */
struct accepted_facts {
    const char *case_number;
    const char *submission_id;
    const char *node;
    const char *region;
    uint64_t accepted_at; /* Unix seconds */
    uint32_t facts_revision;
    const struct facts *facts; /* `received` filled in */
    uint64_t sent_at;          /* Unix seconds */
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
    uint32_t facts_revision;
    uint32_t incident_date; /* days as in common/case/day.h */
    uint32_t received;
};

/* A revision of a case's facts (FactsRevision). */
struct revision_row {
    uint32_t revision;
    const char *submission_id;
    uint64_t accepted_at; /* Unix seconds */
    uint32_t incident_date;
    uint32_t received;
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
};

/* A link between two cases, as one of them sees it (CaseLink). */
struct link_row {
    const char *other_case_number;
    uint8_t other_case_handle[CASE_HANDLE_SIZE];
    uint32_t kind;     /* LinkKind */
    bool is_other_way; /* the other was linked to this one */
    uint64_t at;       /* Unix seconds */
};

/* One case (CaseView). */
struct case_view {
    struct case_row row;
    const struct revision_row *revisions; /* ascending */
    size_t revision_count;
    const struct link_row *links; /* in the order they were made */
    size_t link_count;
    bool has_reporter;
    bool is_clock_off;
};

/*
 * Checks everything a submission says, as on the day `today`, and adds to `problems`. Writes its
 * id's one spelling (lower case) to `id`, or "" when it is no UUID.
 */
void submission_check(const struct submission *submission, uint32_t today,
                      char id[SUBMISSION_ID_TEXT_SIZE], struct facts_problems *problems);

/* Whether a problem with that path is among them. */
bool problems_have(const struct facts_problems *problems, const char *path);

/* Says the problems in `diag`. STATUS_OK: there are none; else STATUS_FACTS_INVALID. */
enum status problems_verdict(const struct facts_problems *problems, struct diag *diag) MUST_USE;

/*
 * The keyed hash by which a repeated submission, and a correction that changes nothing, is known:
 * BLAKE2b-256 with the index key over "netra-facts/v1\n" | the packed Facts as sent.
 * Why keyed: a plain hash of a report confirms a guess of what it says.
 */
void submission_hash(struct view packed_facts, const uint8_t index_key[32],
                     uint8_t hash[SUBMISSION_HASH_SIZE]);

/*
 * Whether a case can take a correction now: of the revision that the node expects (0: any), with
 * facts (`hash`) other than the newest revision's. STATUS_REVISION_MOVED, STATUS_OUT_OF_RANGE
 * (nothing changed, or REVISIONS_MAX reached).
 */
enum status correction_admit(const struct case_row *row, uint32_t expected_revision,
                             const uint8_t newest_hash[SUBMISSION_HASH_SIZE],
                             const uint8_t hash[SUBMISSION_HASH_SIZE], struct diag *diag) MUST_USE;

/* Whether the node's clock (0: not said) was over CLOCK_OFF_SECONDS away from intake's. */
bool clock_is_off(uint64_t sent_at, uint64_t accepted_at);

/* Reads a case's number as a person typed it. STATUS_MALFORMED, STATUS_OUT_OF_RANGE (mistyped);
 * `diag` says so. */
enum status case_number_read(const char *text, char number[CASE_NUMBER_TEXT_SIZE],
                             struct diag *diag) MUST_USE;

/* A case's handle: the seq of its first event and random bytes. */
void case_handle_make(uint64_t seq, const uint8_t random[CASE_HANDLE_RANDOM_BYTES],
                      uint8_t case_handle[CASE_HANDLE_SIZE]);

/* Whether that peer reads the content of cases, and so may ask for their keys. */
bool intake_hands_keys_to(const char *service);

#endif
