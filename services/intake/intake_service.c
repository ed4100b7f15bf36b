/*
 * netra-intake: takes submissions in, gives each a case, a key and a receipt, and owns the
 * register of keys. See README.md.
 */
#include "services/intake/intake_service.h"

#include "common/base/log.h"
#include "common/service/key_file.h"
#include "common/service/process.h"
#include "services/intake/intake_accept.h"
#include "services/intake/intake_acts.h"
#include "services/intake/intake_bootstrap.h"
#include "services/intake/intake_cases.h"
#include "services/intake/intake_store.h"
#include "services/intake/intake_submit.h"
#include "services/intake/intake_wire.h"

#include <sodium.h>

struct intake_config {
    struct config common;
    char *key_encryption_file;
    char *index_file;
    char *bootstrap_file;
};

static const cyaml_schema_field_t config_fields[] = {
    CONFIG_COMMON_FIELDS(struct intake_config),
    CYAML_FIELD_STRING_PTR("key_encryption_file", CYAML_FLAG_POINTER, struct intake_config,
                           key_encryption_file, 1, 4095),
    CYAML_FIELD_STRING_PTR("index_file", CYAML_FLAG_POINTER, struct intake_config, index_file, 1,
                           4095),
    CYAML_FIELD_STRING_PTR("bootstrap_file", CYAML_FLAG_POINTER, struct intake_config,
                           bootstrap_file, 1, 4095),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct intake_config, config_fields),
};

/* ---- keys of cases ---- */

static enum status on_case_key(void *app, const uint8_t case_handle[CASE_HANDLE_SIZE],
                               uint8_t case_key[CASE_KEY_SIZE])
{
    return intake_find_case_key(app, case_handle, case_key);
}

/* ---- the register ---- */

static enum status on_first_start(void *app, struct turn *turn, struct diag *diag)
{
    (void)app;
    const struct intake_config *config =
        (const struct intake_config *)service_config(turn->service);
    return intake_bootstrap(turn, service_register(turn->service), config->bootstrap_file, diag);
}

/* Who starts late, or follows an adopted stream, has missed the keys. */
static enum status on_say_anew(void *app, struct turn *turn, struct diag *diag)
{
    (void)app;
    (void)diag;
    return intake_announce(turn, service_register(turn->service));
}

/* ---- receipts ---- */

static enum status on_before_commit(void *app, struct turn *turn, struct diag *diag)
{
    (void)diag;
    struct intake *intake = app;
    return turn_receipts_sign(&intake->receipts, &intake->tables, turn,
                              intake->secrets.pair.sign_secret);
}

/* Committed or abandoned, the next turn begins with no receipts. */
static void on_turn_end(void *app, struct service *service)
{
    (void)service;
    struct intake *intake = app;
    intake->receipts = (struct turn_receipts){0};
}

/* ---- start and stop ---- */

static enum status on_open(void *app, struct service *service, const struct config *common,
                           struct diag *diag)
{
    struct intake *intake = app;
    const struct intake_config *config = (const struct intake_config *)common;
    struct intake_secrets *secrets = &intake->secrets;
    if (!process_lock_memory(secrets, sizeof(*secrets)))
        log_line(LOG_LEVEL_WARN, "memory_not_locked", LOG_TEXT("what", "secrets"));
    TRY(key_pair_read(common->key, &secrets->pair, diag));
    TRY(key_secret_read(config->key_encryption_file, &secrets->key_encryption, diag));
    TRY(key_secret_read(config->index_file, &secrets->index, diag));
    TRY(intake_store_open(&intake->tables, service_store(service)));
    return intake_check_keys(intake, config->key_encryption_file, diag);
}

static void on_close(void *app, struct service *service)
{
    (void)service;
    struct intake *intake = app;
    intake_store_close(&intake->tables);
    sodium_memzero(&intake->secrets, sizeof(intake->secrets));
}

/* ---- the spec ---- */

static bool is_key_event(uint16_t type)
{
    return type == INTAKE_EVENT_KEY_AUTHORISED || type == INTAKE_EVENT_KEY_REVOKED;
}

/* What classification makes of such an event reaches notification under the case's key. */
static bool is_decided_on(uint16_t type)
{
    return type == INTAKE_EVENT_CASE_ACCEPTED || type == INTAKE_EVENT_CASE_CORRECTED;
}

static bool is_for_classification(uint16_t type)
{
    return is_decided_on(type) || is_key_event(type);
}

static const struct service_output outputs[] = {
    {.destination = "classification", .wants = is_for_classification, .carries_case_keys = true},
    {.destination = "notification", .wants = is_key_event, .tells_key_of = is_decided_on},
    {.destination = "audit-log"},
};

#define PERSONS_OF_CASES                                          \
    (ROLE_BIT(INTAKE_ROLE_NODE) | ROLE_BIT(INTAKE_ROLE_OFFICER) | \
     ROLE_BIT(INTAKE_ROLE_REVIEWER) | ROLE_BIT(INTAKE_ROLE_AUDITOR))

static const struct door_entry door[] = {
    {
        .kind = INTAKE_REQUEST_SUBMIT_CASE,
        .roles = ROLE_BIT(INTAKE_ROLE_NODE),
        .body = &netra__v1__submit_case__descriptor,
        .handle = intake_on_submit_case,
        .takes_in = true,
    },
    {
        .kind = INTAKE_REQUEST_CORRECT_CASE,
        .roles = ROLE_BIT(INTAKE_ROLE_NODE),
        .body = &netra__v1__correct_case__descriptor,
        .handle = intake_on_correct_case,
        .takes_in = true,
    },
    {
        .kind = INTAKE_REQUEST_CASE_KEYS,
        .roles = ROLE_BIT(INTAKE_ROLE_SERVICE) | ROLE_BIT(INTAKE_ROLE_AUDITOR),
        .body = &netra__v1__case_keys_request__descriptor,
        .handle = intake_on_case_keys,
    },
    {
        .kind = INTAKE_REQUEST_CASES,
        .roles = PERSONS_OF_CASES | ROLE_BIT(INTAKE_ROLE_OPERATOR),
        .body = &netra__v1__list_request__descriptor,
        .handle = intake_on_cases,
    },
    /* A protection officer too: an act needs the handle, which a number leads to only here. */
    {
        .kind = INTAKE_REQUEST_CASE,
        .roles = PERSONS_OF_CASES | ROLE_BIT(INTAKE_ROLE_OPERATOR) |
                 ROLE_BIT(INTAKE_ROLE_PROTECTION_OFFICER),
        .body = &netra__v1__case_request__descriptor,
        .handle = intake_on_case,
    },
    {
        .kind = INTAKE_REQUEST_CASE_TEXT,
        .roles = PERSONS_OF_CASES,
        .body = &netra__v1__case_text_request__descriptor,
        .handle = intake_on_case_text,
    },
};

static const struct act_entry acts[] = {
    {
        .type = INTAKE_EVENT_KEY_AUTHORISED,
        .roles = ROLE_BIT(INTAKE_ROLE_OPERATOR),
        .handle = intake_act_key,
    },
    {
        .type = INTAKE_EVENT_KEY_REVOKED,
        .roles = ROLE_BIT(INTAKE_ROLE_OPERATOR),
        .handle = intake_act_key,
    },
    {
        .type = INTAKE_EVENT_CASES_LINKED,
        .roles = ROLE_BIT(INTAKE_ROLE_OFFICER) | ROLE_BIT(INTAKE_ROLE_REVIEWER),
        .handle = intake_act_link,
    },
    {
        .type = INTAKE_EVENT_REPORTER_OPENED,
        .roles = ROLE_BIT(INTAKE_ROLE_PROTECTION_OFFICER),
        .handle = intake_act_open_reporter,
    },
    {0},
};

const struct service_spec intake_service = {
    .name = "intake",
    .application_id = INTAKE_APPLICATION_ID,
    .migrations = {.steps = intake_migration_steps, .count = INTAKE_MIGRATION_COUNT},
    .config_schema = &config_schema,
    .app_size = sizeof(struct intake),
    .outputs = outputs,
    .output_count = sizeof(outputs) / sizeof(outputs[0]),
    .door = door,
    .door_count = sizeof(door) / sizeof(door[0]),
    .acts = acts,
    .open = on_open,
    .first_start = on_first_start,
    .say_anew = on_say_anew,
    .before_commit = on_before_commit,
    .committed = on_turn_end,
    .abandoned = on_turn_end,
    .case_key = on_case_key,
    .close = on_close,
};
