/*
 * What notification reads: decisions of classification's stream, told by the delivered routes and
 * written with the delivered templates; questions and acts at the door.
 */
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "services/notification/notice_mail.h"
#include "services/notification/notification_tables.h"
#include "services/notification/notification_wire.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

static const struct notification_tables *delivered(void)
{
    static struct notification_tables tables;
    struct diag diag = {0};
    if (tables.arena.base == NULL)
        FUZZ_CHECK(notification_tables_load(DELIVERED_RULES "/routing.yaml",
                                            DELIVERED_RULES "/templates.yaml", &tables,
                                            &diag) == STATUS_OK);
    return &tables;
}

static bool is_read(enum status status, const struct diag *diag)
{
    if (status == STATUS_OK)
        return true;
    fuzz_check_refused(status, diag);
    return false;
}

static const ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *descriptor,
                                      struct view bytes, struct arena *arena)
{
    ProtobufCMessage *message = NULL;
    struct diag diag = {0};
    return is_read(wire_unpack(descriptor, bytes, arena, &message, &diag), &diag) ? message : NULL;
}

/* A mail says what it is about and nothing else, in lines that a server takes. */
static void write_mail(const struct decision *decision, const struct route_step *step)
{
    static const struct notice_sender sender = {.host = "demo.invalid",
                                                .address = "netra@demo.invalid"};
    static const uint8_t handle[CASE_HANDLE_SIZE] = {1};
    static char bytes[NOTICE_MESSAGE_BYTES_MAX];
    const struct notice_identity identity = {.recipient = step->office->office,
                                             .case_handle = handle,
                                             .revision = decision->revision,
                                             .kind = step->notice};
    char id[NOTICE_MESSAGE_ID_BYTES];
    struct notice_buffer buffer;
    notice_message_id(&sender, &identity, id);
    struct notice_mail mail = {
        .address = "office@demo.invalid",
        .message_id = id,
        .facts = {.kind = step->notice,
                  .role = step->role,
                  .case_number = decision->case_number,
                  .region_name = routing_region_name(&delivered()->routing, decision->region),
                  .recipient_name = step->office->name,
                  .received = decision->received,
                  .revision = decision->revision},
    };
    notice_buffer_begin(&buffer, bytes, sizeof bytes);
    FUZZ_CHECK(notice_mail_write(&delivered()->templates, &sender, &mail, &buffer) == STATUS_OK);
    FUZZ_CHECK(!buffer.is_full && strlen(bytes) == buffer.used);
    for (size_t i = 0; i < buffer.used; i++)
        FUZZ_CHECK(bytes[i] != '\n' || (i > 0 && bytes[i - 1] == '\r'));
}

static void check_step(const struct decision *decision, const struct route_step *step)
{
    FUZZ_CHECK(step->office != NULL && step->role != NULL && step->rule != NULL);
    if (step->blocked_why != NULL)
        return;
    FUZZ_CHECK(routing_wall(&delivered()->routing, step->office, decision) == NULL);
    if (decision_waits_for_review(decision))
        FUZZ_CHECK(strcmp(step->office->kind, ROUTING_REVIEWER) == 0);
    write_mail(decision, step);
}

static void record(const struct decision *decision, const struct route_step *step,
                   struct arena *arena)
{
    struct notice_row row = {
        .id = 1,
        .seq = 1,
        .kind = step->notice,
        .state = step->blocked_why == NULL ? NOTICE_QUEUED : NOTICE_BLOCKED,
        .channel = step->office->channel,
        .revision = decision->revision,
    };
    struct notification_notice notice = {.row = &row, .message_id = ""};
    struct view bytes;
    (void)snprintf(row.recipient, sizeof row.recipient, "%s", step->office->office);
    (void)snprintf(row.case_number, sizeof row.case_number, "%s", decision->case_number);
    FUZZ_CHECK(notification_wire_queued(&row, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(notification_wire_settled(&row, "OK", arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(notification_wire_rows(&notice, 1, arena, &bytes) == STATUS_OK);
}

static void decision(struct view rest, struct arena *arena)
{
    struct decision decision;
    struct route route;
    struct view bytes;
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__decision_made__descriptor, rest, arena);
    if (message == NULL ||
        !is_read(notification_wire_read_decision(message, &decision, &diag), &diag) ||
        !is_read(decision_check(&decision, &diag), &diag))
        return;
    FUZZ_CHECK(decision.revision != 0 && decision.conflict_count <= DECISION_CONFLICTS_MAX);
    FUZZ_CHECK(fuzz_is_printable(decision.case_number) && fuzz_is_printable(decision.region));
    routing_evaluate(&delivered()->routing, &decision, &route);
    FUZZ_CHECK(route.count <= ROUTE_STEPS_MAX);
    for (unsigned i = 0; i < route.count; i++) {
        check_step(&decision, &route.steps[i]);
        record(&decision, &route.steps[i], arena);
    }
    FUZZ_CHECK(notification_wire_route(&route, decision.revision, true, arena, &bytes) ==
               STATUS_OK);
}

static void list(struct view rest, struct arena *arena)
{
    uint64_t after = 0;
    uint32_t rows_max = 0;
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__list_request__descriptor, rest, arena);
    if (message != NULL &&
        is_read(notification_wire_read_list(message, &after, &rows_max, &diag), &diag))
        FUZZ_CHECK(after <= INT64_MAX && rows_max >= 1 && rows_max <= LIMIT_LIST_ROWS);
}

static void one_case(struct view rest, struct arena *arena)
{
    uint8_t handle[CASE_HANDLE_SIZE];
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__case_request__descriptor, rest, arena);
    if (message != NULL)
        (void)is_read(notification_wire_read_case(message, handle, &diag), &diag);
}

static void notice(struct view rest, struct arena *arena)
{
    uint64_t id = 0;
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__notice_request__descriptor, rest, arena);
    if (message != NULL && is_read(notification_wire_read_notice(message, &id, &diag), &diag))
        FUZZ_CHECK(id <= INT64_MAX);
}

static void resend(struct view rest, struct arena *arena)
{
    uint64_t id = 0;
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__resend_notice__descriptor, rest, arena);
    if (message != NULL && is_read(notification_wire_read_resend(message, &id, &diag), &diag))
        FUZZ_CHECK(id <= INT64_MAX);
}

static void loaded(struct view rest, struct arena *arena)
{
    uint8_t digest[SHA256_SIZE];
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__tables_loaded__descriptor, rest, arena);
    if (message != NULL)
        (void)is_read(notification_wire_read_tables(message, digest, &diag), &diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {decision, list, one_case, notice, resend, loaded};
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
