/* `netra dead-letter`: what services set aside (protocol.md 13, 14). */
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "services/netra/act_request.h"
#include "services/netra/command.h"
#include "services/netra/event_text.h"
#include "services/netra/pages.h"

#include <string.h>

static json_t *letter_to_json(enum door door, const Netra__V1__DeadLetter *letter)
{
    json_t *object = json_object();

    json_put_text(object, "service", door_name(door));
    json_put_number(object, "id", letter->id);
    json_put_text(object, "status", letter->status);
    json_put_text(object, "type", event_type_text(letter->type));
    json_put_instant(object, "at", letter->at);
    json_put_hex(object, "stream_id", wire_view(letter->stream_id));
    json_put_number(object, "seq", letter->seq);
    json_put_hex(object, "case_handle", wire_view(letter->case_handle));
    return object;
}

static enum status ask_page(struct command *command, enum door door, uint64_t after,
                            const Netra__V1__DeadLetters **ret_page)
{
    ProtobufCMessage *unpacked = NULL;

    TRY(page_ask(command, door, NETRA__V1__REQUEST_KIND__REQUEST_KIND_DEAD_LETTERS, after,
                 &netra__v1__dead_letters__descriptor, &unpacked));
    *ret_page = (const Netra__V1__DeadLetters *)unpacked;
    return STATUS_OK;
}

static enum status list_service(struct command *command, enum door door)
{
    const Netra__V1__DeadLetters *page = NULL;
    uint64_t after = 0;

    for (;;) {
        TRY(ask_page(command, door, after, &page));
        if (page->n_letters == 0)
            return STATUS_OK;
        for (size_t i = 0; i < page->n_letters; i++)
            output_list_row(&command->output, letter_to_json(door, page->letters[i]));
        after = page->letters[page->n_letters - 1]->id;
    }
}

/* Silent services are named; the first one's status is the command's in the end. */
static enum status list_all(struct command *command)
{
    enum status worst = STATUS_OK;

    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        if (door == DOOR_AUDIT_LOG) /* has none: protocol.md 14 */
            continue;
        const enum status status = list_service(command, (enum door)door);

        if (status == STATUS_OK)
            continue;
        command_note("%s: %s", command->diag.text, status_text(status));
        worst = worst == STATUS_OK ? status : worst;
    }
    return worst;
}

enum status dead_letter_list(struct command *command)
{
    static const struct column columns[] = {{"service", 14},    {"id", 6},  {"status", 20},
                                            {"type", 20},       {"at", 20}, {"seq", 8},
                                            {"case_handle", 32}};
    enum door door = DOOR_COUNT;

    if (command->arguments->word_count > 0)
        TRY(command_door(command, command->arguments->words[0], &door));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    const enum status status =
        door == DOOR_COUNT ? list_all(command) : list_service(command, door);

    output_list_end(&command->output);
    return status;
}

/* The letter that the words name; it lies in command->page. */
static enum status find_letter(struct command *command, enum door *ret_door,
                               const Netra__V1__DeadLetter **ret_letter)
{
    const Netra__V1__DeadLetters *page = NULL;
    uint64_t id = 0;

    TRY(command_door(command, command->arguments->words[0], ret_door));
    if (!number_from_text(command->arguments->words[1], 1, INT64_MAX, &id)) {
        diag_set(&command->diag, "ID: the number that `netra dead-letter list` shows");
        return STATUS_USAGE;
    }
    TRY(ask_page(command, *ret_door, id - 1, &page));
    if (page->n_letters > 0 && page->letters[0]->id == id) {
        *ret_letter = page->letters[0];
        return STATUS_OK;
    }
    diag_set(&command->diag, "%s has no dead letter %llu", door_name(*ret_door),
             (unsigned long long)id);
    return STATUS_NOT_FOUND;
}

enum status dead_letter_show(struct command *command)
{
    const Netra__V1__DeadLetter *letter = NULL;
    enum door door = DOOR_COUNT;

    TRY(find_letter(command, &door, &letter));
    output_object(&command->output, letter_to_json(door, letter));
    return STATUS_OK;
}

enum status dead_letter_retry(struct command *command)
{
    Netra__V1__DeadLetterRetried payload;
    const Netra__V1__DeadLetter *letter = NULL;
    enum door door = DOOR_COUNT;
    uint8_t stream_id[16];
    char service[DOOR_NAME_SIZE];
    struct act_done done;

    netra__v1__dead_letter_retried__init(&payload);
    TRY(find_letter(command, &door, &letter));
    TRY(wire_exact(letter->stream_id, stream_id, sizeof stream_id, "stream_id", &command->diag));
    payload.service = door_name_to(door, service);
    payload.stream_id = wire_bytes(view_of(stream_id, sizeof stream_id));
    payload.seq = letter->seq;
    TRY(act_request(command, door, NETRA__V1__EVENT_TYPE__EVENT_TYPE_DEAD_LETTER_RETRIED,
                    &payload.base, &done));
    act_print(command, door, &done);
    return STATUS_OK;
}
