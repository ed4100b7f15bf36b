/*
 * What the services know of cases, joined by the case handle.
 *
 * Owns: nothing; rows lie in the command's arena.
 * Limits: as many decisions and notices as the arena holds (about a million): STATUS_NO_MEMORY
 * beyond.
 */
#ifndef NETRA_NETRA_CASE_ROWS_H
#define NETRA_NETRA_CASE_ROWS_H

#include "common/wire/header.h"
#include "services/netra/command.h"

struct case_decision {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint64_t seq;
    uint32_t revision;
    uint16_t outcome;
    uint16_t disposition;
};

/* The newest decision of each case, sorted by handle. */
struct case_decisions {
    struct case_decision *rows;
    size_t count;
    bool is_silent; /* classification gave no answer; it was named on stderr */
};

/* Pages through classification's decisions. A service that gives no answer is told on stderr and
 * in is_silent, and is no error. */
enum status case_decisions_load(struct command *command,
                                struct case_decisions *ret_decisions) MUST_USE;

/* The case's newest decision, or NULL. */
const struct case_decision *case_decisions_find(const struct case_decisions *decisions,
                                                const uint8_t case_handle[CASE_HANDLE_SIZE]);

/* Names as the JSON has them: "violation", "auto", …; "unknown" for a value of a newer service. */
const char *outcome_text(uint32_t outcome);
const char *disposition_text(uint32_t disposition);
const char *notice_kind_text(uint32_t kind);

#endif
