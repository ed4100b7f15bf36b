/*
 * netra-intake: takes submissions in, gives each a case, a key and a receipt, and owns the
 * register of keys. See README.md.
 */
#include "common/base/log.h"
#include "common/service/key_file.h"
#include "common/service/process.h"
#include "common/service/service.h"
#include "common/wire/limits.h"
#include "services/intake/intake.h"
#include "services/intake/intake_accept.h"
#include "services/intake/intake_bootstrap.h"
#include "services/intake/intake_store.h"
#include "services/intake/intake_wire.h"

#include <sodium.h>
#include <string.h>

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

static enum status on_case_keys(void *app, struct turn *turn, struct door_request *request,
                                struct diag *diag)
{
    struct intake *intake = app;
    if (!intake_hands_keys_to(request->who->name)) {
        diag_set(diag, "case keys go to classification and notification only");
        return STATUS_NOT_AUTHORISED;
    }
    const uint8_t(*handles)[CASE_HANDLE_SIZE] = NULL;
    size_t handle_count = 0;
    TRY(intake_wire_read_handles(request->message, turn->arena, &handles, &handle_count, diag));
    struct case_key_row *rows = arena_take(turn->arena, handle_count * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    for (size_t index = 0; index < handle_count; index++) {
        enum status status = intake_find_case_key(intake, handles[index], rows[count].key);
        if (status == STATUS_NOT_FOUND)
            continue;
        TRY(status);
        memcpy(rows[count++].case_handle, handles[index], CASE_HANDLE_SIZE);
    }
    return intake_wire_case_keys(rows, count, turn->arena, &request->answer);
}

/* ---- submissions ---- */

static enum status answer_known(const struct known_submission *known,
                                const uint8_t hash[SUBMISSION_HASH_SIZE],
                                struct door_request *request, struct diag *diag)
{
    if (sodium_memcmp(known->hash, hash, SUBMISSION_HASH_SIZE) != 0) {
        diag_set(diag, "submission_id: it is case %s's, whose region or content differs",
                 known->case_number);
        return STATUS_ID_REUSED_WITH_OTHER_BODY;
    }
    request->answer = known->receipt;
    return STATUS_OK;
}

static enum status on_submit_case(void *app, struct turn *turn, struct door_request *request,
                                  struct diag *diag)
{
    struct intake *intake = app;
    struct submission submission;
    intake_wire_read_submission(request->message, &submission);
    char id[SUBMISSION_ID_TEXT_SIZE];
    TRY(submission_check(&submission, id, diag));
    if (!principal_has_region(request->who, submission.region)) {
        diag_set(diag, "region: %s is not one of this node's", submission.region);
        return STATUS_REGION_NOT_OF_NODE;
    }
    uint8_t hash[SUBMISSION_HASH_SIZE];
    submission_hash(&submission, intake->secrets.index.secret, hash);
    struct known_submission known;
    enum status status =
        intake_store_find_submission(&intake->tables, request->who->name, id, turn->arena, &known);
    if (status == STATUS_OK)
        return answer_known(&known, hash, request, diag);
    if (status != STATUS_NOT_FOUND)
        return status;
    struct accepted_facts submitted = {
        .submission_id = id,
        .node = request->who->name,
        .region = submission.region,
        .accepted_at = (uint64_t)turn->now_utc_s,
        .facts_revision = 1,
        .content = submission.content,
    };
    return intake_accept(intake, turn, &submitted, hash, &request->answer);
}

static enum status on_cases(void *app, struct turn *turn, struct door_request *request,
                            struct diag *diag)
{
    struct intake *intake = app;
    uint64_t after = 0;
    uint32_t rows_max = 0;
    TRY(intake_wire_read_list(request->message, &after, &rows_max, diag));
    const struct case_row *rows = NULL;
    size_t count = 0;
    TRY(intake_store_list(&intake->tables, after, rows_max, turn->arena, &rows, &count));
    return intake_wire_case_rows(rows, count, turn->arena, &request->answer);
}

/* ---- the register ---- */

static enum status on_key_act(void *app, struct turn *turn, const struct act *act,
                              const struct principal *who, struct view *ret_answer,
                              struct diag *diag)
{
    (void)app;
    (void)who;
    (void)ret_answer;
    if (act->schema != INTAKE_SCHEMA ||
        !view_is_zero(view_of(act->case_handle, CASE_HANDLE_SIZE))) {
        diag_set(diag, "a key's act has schema %u and no case", INTAKE_SCHEMA);
        return STATUS_OUT_OF_RANGE;
    }
    /* First, so that nothing is rejected once the register has moved: from there on only a turn
     * that is abandoned as a whole can fail. */
    if (act->payload.size > LIMIT_EVENT_PAYLOAD_BYTES - SEAL_CLEAR_OVERHEAD)
        return STATUS_EVENT_TOO_LARGE;
    TRY(register_apply(service_register(turn->service), act->type, act->payload, turn->arena,
                       diag));
    struct event_draft draft = {
        .type = act->type,
        .schema = act->schema,
        .payload = act->payload,
        .act = act,
    };
    return turn_append(turn, &draft, NULL);
}

static enum status on_first_start(void *app, struct turn *turn, struct diag *diag)
{
    (void)app;
    const struct intake_config *config =
        (const struct intake_config *)service_config(turn->service);
    return intake_bootstrap(turn, service_register(turn->service), config->bootstrap_file, diag);
}

/* A destination that starts late has missed the keys: they are said again. */
static enum status on_destination_reset(void *app, struct turn *turn, struct diag *diag)
{
    (void)app;
    (void)diag;
    return intake_announce(turn, service_register(turn->service));
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

static bool is_for_classification(uint16_t type)
{
    return type == INTAKE_EVENT_CASE_ACCEPTED || is_key_event(type);
}

static const struct service_output outputs[] = {
    {.destination = "classification", .wants = is_for_classification, .carries_case_keys = true},
    {.destination = "notification", .wants = is_key_event},
    {.destination = "audit-log"},
};

static const struct door_entry door[] = {
    {
        .kind = INTAKE_REQUEST_SUBMIT_CASE,
        .roles = ROLE_BIT(INTAKE_ROLE_NODE),
        .body = &netra__v1__submit_case__descriptor,
        .handle = on_submit_case,
        .takes_in = true,
    },
    {
        .kind = INTAKE_REQUEST_CASE_KEYS,
        .roles = ROLE_BIT(INTAKE_ROLE_SERVICE),
        .body = &netra__v1__case_keys_request__descriptor,
        .handle = on_case_keys,
    },
    {
        .kind = INTAKE_REQUEST_CASES,
        .roles = ROLE_BIT(INTAKE_ROLE_OPERATOR) | ROLE_BIT(INTAKE_ROLE_OFFICER) |
                 ROLE_BIT(INTAKE_ROLE_REVIEWER) | ROLE_BIT(INTAKE_ROLE_AUDITOR),
        .body = &netra__v1__list_request__descriptor,
        .handle = on_cases,
    },
};

static const struct act_entry acts[] = {
    {
        .type = INTAKE_EVENT_KEY_AUTHORISED,
        .roles = ROLE_BIT(INTAKE_ROLE_OPERATOR),
        .handle = on_key_act,
    },
    {
        .type = INTAKE_EVENT_KEY_REVOKED,
        .roles = ROLE_BIT(INTAKE_ROLE_OPERATOR),
        .handle = on_key_act,
    },
    {0},
};

int main(int argc, char **argv)
{
    static const struct service_spec spec = {
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
        .destination_reset = on_destination_reset,
        .case_key = on_case_key,
        .close = on_close,
    };
    return service_main(argc, argv, &spec);
}
