/*
 * Who was told of which case: the roles of notification's notices, joined by the case handle.
 *
 * Owns: nothing; everything lies in the command's arena.
 * Limits: TOLD_ROLES_MAX roles, what the arena holds otherwise (STATUS_NO_MEMORY).
 */
#ifndef NETRA_NETRA_CASE_TOLD_H
#define NETRA_NETRA_CASE_TOLD_H

#include "common/wire/header.h"
#include "services/netra/command.h"

#include <jansson.h>

#define TOLD_ROLES_MAX 64u /* the routing table's kinds and roles: some thirty */

/* One notice. */
struct case_notice {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint32_t revision;
    unsigned role; /* index in the table of roles */
    struct case_notice *next;
};

struct case_told {
    const char *roles[TOLD_ROLES_MAX];
    unsigned role_count;
    struct case_notice **notices; /* sorted by handle, then revision, then role */
    size_t count;
};

/* Pages through the notices that were not blocked or overtaken. A service that gives no answer is
 * told on stderr and is no error. */
enum status case_told_load(struct command *command, struct case_told *ret_told) MUST_USE;

/* The roles that were (or are being) told of the newest noticed decision, as a new array. */
json_t *case_told_roles(const struct case_told *told, const uint8_t case_handle[CASE_HANDLE_SIZE]);

#endif
