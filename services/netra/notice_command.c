/* `netra notice list`, `preview`, `resend`: what notification tells, and whom. */
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "services/netra/act_request.h"
#include "services/netra/names.h"
#include "services/netra/pages.h"
#include "services/netra/review_case.h"
#include "services/netra/translate.h"

#include <string.h>

static const char *const states[] = {"queued", "handed_over", "failed", "blocked", "superseded"};

static json_t *row_to_json(const Netra__V1__NoticeRow *row)
{
    json_t *object = json_object();

    json_put_number(object, "id", row->id);
    json_put_text(object, "case_number", row->case_number);
    json_put_number(object, "revision", row->revision);
    json_put_text(object, "kind", name_of(NAME_NOTICE_KIND, row->kind));
    json_put_text(object, "recipient", row->recipient);
    json_put_text(object, "role", row->role);
    json_put_text(object, "channel", row->channel);
    json_put_text(object, "state", row->state);
    json_put_number(object, "attempts", row->attempts);
    json_put_instant(object, "next_at", row->next_at);
    json_put_text(object, "why", row->why);
    json_put_text(object, "message_id", row->message_id);
    json_put_hex(object, "case_handle", wire_view(row->case_handle));
    return object;
}

static enum status check_state(struct command *command, const char *state)
{
    bool is_known = state == NULL;

    for (size_t i = 0; i < sizeof states / sizeof states[0] && !is_known; i++)
        is_known = strcmp(state, states[i]) == 0;
    if (is_known)
        return STATUS_OK;
    diag_set(&command->diag, _("--state: expected queued, handed_over, failed, blocked or "
                               "superseded"));
    return STATUS_USAGE;
}

enum status notice_list(struct command *command)
{
    static const struct column columns[] = {{"id", 6},      {"case_number", 14}, {"revision", 8},
                                            {"kind", 11},   {"recipient", 24},   {"role", 12},
                                            {"channel", 8}, {"state", 11},       {"why", 0}};
    const char *state = command->arguments->values[OPTION_state];
    ProtobufCMessage *unpacked = NULL;
    uint64_t after = 0;
    uint64_t last = 0;

    TRY(check_state(command, state));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    do {
        after = last;
        TRY(page_ask(command, DOOR_NOTIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICES,
                     after, &netra__v1__notice_rows__descriptor, &unpacked));
        const Netra__V1__NoticeRows *page = (const Netra__V1__NoticeRows *)unpacked;

        for (size_t i = 0; i < page->n_notices; i++) {
            if (state == NULL || strcmp(page->notices[i]->state, state) == 0)
                output_list_row(&command->output, row_to_json(page->notices[i]));
            last = page->notices[i]->id;
        }
    } while (last > after);
    output_list_end(&command->output);
    return STATUS_OK;
}

static enum status read_id(struct command *command, uint64_t *ret_id)
{
    if (number_from_text(command->arguments->words[0], 1, INT64_MAX, ret_id))
        return STATUS_OK;
    diag_set(&command->diag, _("expected a notice's id, as `netra notice list` shows it"));
    return STATUS_USAGE;
}

/* Line by line, so that bytes that could steer a terminal go the way of all output. */
static void print_message(struct output *output, const char *message)
{
    while (*message != '\0') {
        const size_t size = strcspn(message, "\r\n");

        for (size_t i = 0; i < size; i++) {
            const unsigned char byte = (unsigned char)message[i];

            (void)fputc((byte < 0x20u && byte != '\t') || byte == 0x7fu ? '?' : byte,
                        output->stream);
        }
        (void)fputc('\n', output->stream);
        message += size;
        message += *message == '\r' ? 1 : 0;
        message += *message == '\n' ? 1 : 0;
    }
}

enum status notice_preview(struct command *command)
{
    const ProtobufCMessage *message = NULL;
    Netra__V1__NoticeRequest question;

    netra__v1__notice_request__init(&question);
    TRY(read_id(command, &question.id));
    TRY(review_ask(command, DOOR_NOTIFICATION,
                   NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICE_PREVIEW, &question.base,
                   &netra__v1__notice_text__descriptor, &message));
    const char *text = ((const Netra__V1__NoticeText *)message)->message;

    if (!command->output.is_json) {
        print_message(&command->output, text);
        return STATUS_OK;
    }
    json_t *object = json_object();

    json_put_number(object, "id", question.id);
    json_put_text(object, "message", text);
    output_object(&command->output, object);
    return STATUS_OK;
}

enum status notice_resend(struct command *command)
{
    Netra__V1__ResendNotice payload;
    struct act_done done;

    netra__v1__resend_notice__init(&payload);
    TRY(read_id(command, &payload.id));
    payload.asked_at = (uint64_t)clock_utc_s(&command->doors.clock);
    TRY(act_request(command, DOOR_NOTIFICATION, NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_RESENT,
                    &payload.base, &done));
    act_print(command, DOOR_NOTIFICATION, &done);
    return STATUS_OK;
}
