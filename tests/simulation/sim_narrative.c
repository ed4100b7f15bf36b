/*
 * The reports, and what leaves for them.
 */
#include "common/base/cleanup.h"
#include "common/base/invariant.h"
#include "common/case/day.h"
#include "common/case/facts_wire.h"
#include "common/wire/unpack.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "services/netra/submission.h"
#include "tests/simulation/sim_client.h"

#include <string.h>

#define SUBJECT "\"subject\": {\"position\": \"Lurah\", \"employment\": \"PNS\"}"

/* Clear ones, unsure ones, one that lacks all, one that is none. */
static const char *const narratives[SIM_NARRATIVES] = {
    "{\"incident\": {\"date\": \"2024-10-12\", \"description\": "
    "\"Lurah menyukai foto calon bupati di pilkada\", \"office\": \"BUPATI\"}, " SUBJECT "}",
    "{\"incident\": {\"date\": \"2024-10-02\", \"description\": "
    "\"Menjadi pengurus partai sejak lama\"}, " SUBJECT "}",
    "{\"incident\": {\"date\": \"2024-09-12\", \"description\": "
    "\"Menyerahkan ktp untuk calon perseorangan pilkada\"}, \"subject\": {\"employment\": "
    "\"PNS\", \"unit\": \"Kecamatan Cikadu\"}}",
    "{\"incident\": {\"description\": \"Katanya tidak netral\"}}",
    "{\"incident\": {\"date\": \"2024-10-01\", \"description\": "
    "\"Kepala desa hadir bersama cabup\"}, \"subject\": {\"position\": \"Kepala Desa\", "
    "\"employment\": \"KADES\"}}",
    "{\"incident\": {\"date\": \"2024-10-10\", \"description\": "
    "\"Tidak menyukai calon mana pun, hanya lewat\"}, " SUBJECT "}",
    "{\"incident\": {\"date\": \"2024-10-11\", \"description\": "
    "\"Yg bersangkutan like foto capres dan pengurus partai ikut\"}, " SUBJECT "}",
    "{\"incident\": {\"date\": \"2024-10-09\", \"description\": "
    "\"Istri cabup, ikut kampanye pilkada\"}, \"subject\": {\"employment\": \"PNS\", "
    "\"is_spouse_of_candidate\": \"yes\", \"unit\": \"Kecamatan Cikadu\"}}",
};

static enum status make(const struct sim_request *request, json_t *object, struct arena *arena,
                        struct submission *ret_submission)
{
    char id[UUID_TEXT_SIZE];
    struct netra_config config = {.protection_officers_count = 0};
    struct facts_problems problems = {.count = 0};
    struct diag diag = {.text = ""};
    uuid_to_text(request->id, id);
    const struct submission_setting setting = {
        .config = &config,
        .region = request->region,
        .id = id,
        .file = "-",
        .today = day_of_instant(SIM_DAY_UTC_S, DAY_ZONE_JAKARTA_SECONDS),
    };
    return submission_make(object, &setting, arena, ret_submission, &problems, &diag);
}

static enum status pack_submission(const struct sim_request *request,
                                   const struct submission *submission, struct arena *arena,
                                   struct view *ret_body)
{
    Netra__V1__SubmitCase message;
    char id[UUID_TEXT_SIZE];
    netra__v1__submit_case__init(&message);
    uuid_to_text(request->id, id);
    message.submission_id = id;
    message.sent_at = (uint64_t)request->sent_at_s;
    TRY(facts_wire_make(&submission->facts, arena, &message.facts));
    return wire_pack(&message.base, arena, ret_body);
}

static enum status pack_correction(const struct sim_request *request,
                                   const struct submission *submission, struct arena *arena,
                                   struct view *ret_body)
{
    Netra__V1__CorrectCase message;
    char id[UUID_TEXT_SIZE];
    netra__v1__correct_case__init(&message);
    uuid_to_text(request->id, id);
    size_t size = strlen(request->corrects) + 1;
    message.case_number =
        (char *)arena_copy(arena, view_of((const uint8_t *)request->corrects, size));
    if (message.case_number == NULL)
        return STATUS_NO_MEMORY;
    message.submission_id = id;
    message.sent_at = (uint64_t)request->sent_at_s;
    TRY(facts_wire_make(&submission->facts, arena, &message.facts));
    return wire_pack(&message.base, arena, ret_body);
}

static void release(json_t **object)
{
    json_decref(*object);
}

enum status sim_client_pack(const struct sim_request *request, struct arena *arena,
                            struct view *ret_body)
{
    CLEANUP(release) json_t *object = NULL;
    struct diag diag = {.text = ""};
    struct submission submission;
    const char *text = narratives[request->narrative % SIM_NARRATIVES];
    TRY(facts_json_parse(view_of_text(text), &object, &diag));
    TRY(make(request, object, arena, &submission));
    return request->corrects == NULL ? pack_submission(request, &submission, arena, ret_body)
                                     : pack_correction(request, &submission, arena, ret_body);
}
