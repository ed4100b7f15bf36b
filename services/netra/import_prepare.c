/* One row: read, checked, packed. */
#include "services/netra/import_prepare.h"

#include "common/base/cleanup.h"

#include <stdio.h>
#include <string.h>

static enum status make(struct import_maker *maker, struct arena *arena, struct import_slot *slot,
                        json_t *object, struct diag *diag)
{
    struct view packed;

    TRY(submission_make(facts_json_submission(object), &maker->setting, arena, &maker->submission,
                        &maker->problems, diag));
    memcpy(slot->id, maker->submission.id, UUID_SIZE);
    TRY(submission_pack(&maker->submission, arena, &packed));
    if (packed.size > sizeof slot->bytes)
        return STATUS_BODY_TOO_LARGE;
    memcpy(slot->bytes, packed.bytes, packed.size);
    slot->size = packed.size;
    return STATUS_OK;
}

/* The id that an earlier run wrote down. What was refused may have been refused for its id: one
 * that the row itself has now takes its place. */
static const char *known_id(struct row_state before, json_t *object, char id[UUID_TEXT_SIZE])
{
    const bool has_own =
        json_is_string(json_object_get(facts_json_submission(object), "submission_id"));

    if (before.kind == RESULT_NONE || (before.kind == RESULT_REJECTED && has_own))
        return NULL;
    uuid_to_text(before.id, id);
    return id;
}

/* A row that was refused keeps the id it was given or drawn: mended, it is the same submission. */
static void keep_id(struct row_state before, struct import_slot *slot)
{
    if (!view_is_zero(view_of(slot->id, UUID_SIZE)))
        return;
    if (before.kind != RESULT_NONE)
        memcpy(slot->id, before.id, UUID_SIZE);
    else
        submission_draw_id(slot->id);
}

enum status import_prepare(struct import_maker *maker, struct row_state before,
                           struct arena *arena, struct import_slot *slot,
                           char detail[RESULT_DETAIL_BYTES], struct diag *diag)
{
    CLEANUP(json_release) json_t *object = NULL;
    char id[UUID_TEXT_SIZE];

    maker->problems.count = 0;
    diag_clear(diag);
    memset(slot->id, 0, sizeof slot->id);
    enum status status = import_rows_object(maker->rows, &object, &maker->problems, diag);

    maker->setting.id = known_id(before, object, id);
    if (status == STATUS_OK)
        status = make(maker, arena, slot, object, diag);
    maker->setting.id = NULL;
    keep_id(before, slot);
    (void)snprintf(detail, RESULT_DETAIL_BYTES, "%s", diag->text);
    if (status == STATUS_FACTS_INVALID && maker->problems.count > 0)
        (void)facts_problems_text(&maker->problems, detail, RESULT_DETAIL_BYTES);
    return status;
}
