/*
 * Asking each service what it knows of one case.
 *
 * Owns: nothing; what is asked is added to the case's JSON object.
 */
#ifndef NETRA_NETRA_CASE_ASK_H
#define NETRA_NETRA_CASE_ASK_H

#include "common/wire/header.h"
#include "services/netra/command.h"
#include "services/netra/json.h"

/* A case as it is put together. */
struct case_known {
    json_t *object; /* the caller's to release */
    json_t *silent; /* services that gave no answer; borrowed */
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint32_t decided_facts_revision; /* of the newest decision; 0: none */
};

/* Asks intake for the case of that number: its handle alone. STATUS_NOT_FOUND. */
enum status case_ask_handle(struct command *command, const char *number,
                            uint8_t case_handle[CASE_HANDLE_SIZE]) MUST_USE;

/* Begins with what intake knows: the case itself, its facts' revisions, its links.
 * STATUS_NOT_FOUND. */
enum status case_ask_intake(struct command *command, const char *number,
                            struct case_known *ret_known) MUST_USE;

/* Adds the newest decision and, in short, all of them. */
enum status case_ask_decisions(struct command *command, struct case_known *known) MUST_USE;

/* Adds the notices. */
enum status case_ask_notices(struct command *command, struct case_known *known) MUST_USE;

/* Adds the case's leaves of the audit log. */
enum status case_ask_audit(struct command *command, struct case_known *known) MUST_USE;

/* Adds the text that the newest decision was made on, and to each reason's spans their words.
 * Being shown it is an event. STATUS_NOT_AUTHORISED. */
enum status case_ask_text(struct command *command, struct case_known *known) MUST_USE;

/* A service that gave no answer is named, on stderr and in the object; the rest of the answer
 * stands. Other statuses stay what they are. */
enum status case_tolerate(struct command *command, enum status status, enum door door,
                          struct case_known *known) MUST_USE;

#endif
