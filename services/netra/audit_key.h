/*
 * With which key the log's checkpoints are checked.
 */
#ifndef NETRA_NETRA_AUDIT_KEY_H
#define NETRA_NETRA_AUDIT_KEY_H

#include "netra/v1/person_to_any.pb-c.h"
#include "services/audit-log/note.h"
#include "services/netra/command.h"

/* Asks for the log's head; it lies in command->arena, past later questions. */
enum status audit_ask_head(struct command *command,
                           const Netra__V1__AuditHead **ret_head) MUST_USE;

/*
 * The key from netra.yaml's checkpoint_public, with the installation's origin as its name. Without
 * one the log's own word is taken, and said so on stderr. STATUS_CONFIG_INVALID, STATUS_MALFORMED.
 */
enum status audit_key(struct command *command, const Netra__V1__AuditHead *head,
                      struct note_key *ret_key) MUST_USE;

/* The head's checkpoint, its signature checked, and the head's own fields checked against it.
 * STATUS_VERIFICATION_FAILED, STATUS_SIGNATURE_INVALID and note_verify's. */
enum status audit_check_head(struct command *command, const Netra__V1__AuditHead *head,
                             const struct note_key *key,
                             struct note_checkpoint *ret_checkpoint) MUST_USE;

#endif
