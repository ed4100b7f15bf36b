/*
 * What a reviewer asks of one case: who it is at intake, and what classification decided on it.
 *
 * Owns: nothing; what is found lies in the command's arena, past later questions.
 */
#ifndef NETRA_NETRA_REVIEW_CASE_H
#define NETRA_NETRA_REVIEW_CASE_H

#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/command.h"

#include <protobuf-c/protobuf-c.h>

/* Asks a door and keeps the answer, unpacked. The statuses of command_ask and the scan's. */
enum status review_ask(struct command *command, enum door door, uint32_t kind,
                       const ProtobufCMessage *question,
                       const ProtobufCMessageDescriptor *descriptor,
                       const ProtobufCMessage **ret_message) MUST_USE;

/* The case of that number, at intake. STATUS_NOT_FOUND, and review_ask's. */
enum status review_find_case(struct command *command, const char *case_number,
                             const Netra__V1__CaseRow **ret_case) MUST_USE;

/* Asks one door about that case: a CaseRequest by its handle. */
enum status review_ask_of_case(struct command *command, enum door door, uint32_t kind,
                               const Netra__V1__CaseRow *of_case,
                               const ProtobufCMessageDescriptor *descriptor,
                               const ProtobufCMessage **ret_message) MUST_USE;

/* The newest decision on the case. STATUS_NOT_FOUND: there is none yet. */
enum status review_newest(struct command *command, const Netra__V1__CaseRow *of_case,
                          const Netra__V1__DecisionMade **ret_newest) MUST_USE;

/* The revision that is meant: --revision, else the newest. STATUS_USAGE, and review_newest's. */
enum status review_revision(struct command *command, const Netra__V1__CaseRow *of_case,
                            uint32_t *ret_revision) MUST_USE;

/* Whether the region is one of those asked for, or lies in one of them. None asked for: all. */
bool review_is_of_regions(const struct arguments *arguments, const char *region);

#endif
