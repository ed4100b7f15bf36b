/*
 * A command under way: what was typed, the installation it speaks to, and what every verb needs.
 *
 * Owns: configuration, key, doors, both arenas; command_close releases them.
 * Errors: a verb returns a status and says the details in `diag`; netra_main.c prints both once.
 */
#ifndef NETRA_NETRA_COMMAND_H
#define NETRA_NETRA_COMMAND_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/service/key_file.h"
#include "services/netra/arguments.h"
#include "services/netra/door_client.h"
#include "services/netra/netra_config.h"
#include "services/netra/output.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* What a verb needs before it runs (verb.needs). */
#define NEEDS_HOME 1u  /* the configuration is read, the banner shown */
#define NEEDS_DOORS 2u /* the key is read and the doors are connected; includes NEEDS_HOME */
/* The key is not the operator's but, unless --key names another: */
#define NEEDS_NODE_KEY 4u
#define NEEDS_REVIEWER_KEY 8u
#define NEEDS_AUDITOR_KEY 16u

struct command {
    const struct arguments *arguments;
    struct output output;
    struct diag diag;
    struct netra_config *config; /* NULL without a home */
    struct door_client doors;
    struct arena arena; /* lives as long as the command */
    struct arena page;  /* one answer: reset by whoever asks the next */
    int64_t timeout_ms;
    int exit_status;     /* of a verb that did what it could and returns STATUS_OK */
    struct key_pair key; /* locked memory where the system allows it */
    char key_path[PATH_MAX];
    char home[PATH_MAX];
};

/* Opens what the verb needs. STATUS_USAGE (--timeout is no number), STATUS_CONFIG_MISSING (no home
 * there), STATUS_CONFIG_INVALID, STATUS_KEY_FILE_INVALID, STATUS_SYSTEM_FAILED. */
enum status command_open(struct command *command, const struct arguments *arguments) MUST_USE;

void command_close(struct command *command);

/* Reads the home's configuration, for a verb that may do without one; once. STATUS_CONFIG_MISSING,
 * STATUS_CONFIG_INVALID, STATUS_USAGE (the path is too long). */
enum status command_open_home(struct command *command) MUST_USE;

/* Reads the key that the command line or the configuration names into command->key. */
enum status command_read_key(struct command *command) MUST_USE;

/* A line on stderr that is no error: what a silent service means, what to do next. */
__attribute__((format(printf, 1, 2))) void command_note(const char *format, ...);

/* Names a service that gave no answer, on stderr, once per question. */
void command_note_silent(const struct door_ask *ask);

/* Asks one door within the command's time; the answer lies in command->page, which is reset
 * first. */
enum status command_ask(struct command *command, enum door door, uint32_t kind, struct view body,
                        struct view *ret_answer) MUST_USE;

/* The word as a service's name. STATUS_USAGE. */
enum status command_door(struct command *command, const char *word, enum door *ret_door) MUST_USE;

/* ---- the verbs, one file per noun ---- */

enum status key_new(struct command *command) MUST_USE;
enum status key_show(struct command *command) MUST_USE;
enum status case_submit(struct command *command) MUST_USE;
enum status case_import(struct command *command) MUST_USE;
enum status case_list(struct command *command) MUST_USE;
enum status case_show(struct command *command) MUST_USE;
enum status case_correct(struct command *command) MUST_USE;
enum status case_link(struct command *command) MUST_USE;
enum status reporter_open(struct command *command) MUST_USE;
enum status receipt_show(struct command *command) MUST_USE;
enum status receipt_status(struct command *command) MUST_USE;
enum status receipt_verify(struct command *command) MUST_USE;
enum status service_list(struct command *command) MUST_USE;
enum status service_drain(struct command *command) MUST_USE;
enum status service_recover(struct command *command) MUST_USE;
enum status dead_letter_list(struct command *command) MUST_USE;
enum status dead_letter_show(struct command *command) MUST_USE;
enum status dead_letter_retry(struct command *command) MUST_USE;
enum status register_new(struct command *command) MUST_USE;
enum status register_authorise(struct command *command) MUST_USE;
enum status register_revoke(struct command *command) MUST_USE;
enum status register_list(struct command *command) MUST_USE;
enum status audit_head(struct command *command) MUST_USE;
enum status audit_tail(struct command *command) MUST_USE;
enum status audit_verify(struct command *command) MUST_USE;
enum status audit_replay(struct command *command) MUST_USE;
enum status review_list(struct command *command) MUST_USE;
enum status review_show(struct command *command) MUST_USE;
enum status review_confirm(struct command *command) MUST_USE;
enum status review_override(struct command *command) MUST_USE;
enum status route_explain(struct command *command) MUST_USE;
enum status notice_list(struct command *command) MUST_USE;
enum status notice_preview(struct command *command) MUST_USE;
enum status notice_resend(struct command *command) MUST_USE;
enum status rules_apply(struct command *command) MUST_USE;
enum status doctor(struct command *command) MUST_USE;
enum status rules_list(struct command *command) MUST_USE;
enum status rules_lint(struct command *command) MUST_USE;
enum status rules_test(struct command *command) MUST_USE;
enum status rules_score(struct command *command) MUST_USE;

#endif
