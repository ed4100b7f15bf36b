/*
 * A receipt: what intake signed when it accepted a submission.
 */
#ifndef NETRA_NETRA_RECEIPT_PARTS_H
#define NETRA_NETRA_RECEIPT_PARTS_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"
#include "services/intake/receipt_tree.h"
#include "services/netra/json.h"

#include <stdint.h>

/* A receipt; texts and views lie in the arena it was unpacked to. */
struct receipt {
    const char *origin;
    const char *case_number;
    const char *submission_id;
    uint64_t accepted_at; /* Unix seconds */
    uint64_t seq;
    uint32_t facts_revision;
    uint8_t commitment[32];
    uint8_t stream_id[STREAM_ID_SIZE];
    uint8_t case_handle[CASE_HANDLE_SIZE];
    struct signed_receipt given; /* what all of it is read from */
};

/* Reads an answer. STATUS_OUT_OF_RANGE (a field's size), STATUS_MALFORMED (not what a receipt's
 * leaf begins with), and the scan's statuses. */
enum status receipt_unpack(struct view answer, struct arena *arena, struct receipt *ret_receipt,
                           struct diag *diag) MUST_USE;

/* The same from its leaf alone. */
enum status receipt_unpack_leaf(struct view leaf, struct arena *arena, struct receipt *ret_receipt,
                                struct diag *diag) MUST_USE;

/* Checks path and signature with intake's receipt key (64 hex digits). STATUS_CONFIG_INVALID: that
 * is no key. STATUS_SIGNATURE_INVALID. */
enum status receipt_check(const struct receipt *receipt, const char *receipt_public,
                          struct diag *diag) MUST_USE;

/* As JSON: what `case submit --json` prints and `receipt verify` reads. */
json_t *receipt_to_json(const struct receipt *receipt);

/* A leaf may have at most so many bytes in JSON. */
#define RECEIPT_LEAF_BYTES_MAX 2048u

/* Reads leaf, place, path and signature from that JSON; nothing is verified. STATUS_MALFORMED
 * (`diag` names the key), STATUS_NO_MEMORY, and those of receipt_unpack_leaf. */
enum status receipt_from_json(const json_t *shown, struct arena *arena,
                              struct receipt *ret_receipt, struct diag *diag) MUST_USE;

/* Whether everything shown beside the leaf is what it says. STATUS_SIGNATURE_INVALID;
 * `diag` names the key. */
enum status receipt_compare(const json_t *shown, const struct receipt *receipt,
                            struct diag *diag) MUST_USE;

#endif
