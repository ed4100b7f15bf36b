/*
 * Events, roles and leaves in words. The names are protobuf-c's own, cut from its descriptors.
 */
#include "services/netra/event_text.h"

#include "netra/v1/event.pb-c.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The enum's own name without its prefix, in lower case: a type added to the contract needs no
 * second list here. */
struct lower_name {
    char text[48];
};

static const char *lower(const ProtobufCEnumDescriptor *descriptor, uint32_t value,
                         const char *prefix, struct lower_name *name)
{
    const ProtobufCEnumValue *known =
        value > INT32_MAX ? NULL : protobuf_c_enum_descriptor_get_value(descriptor, (int)value);

    if (known == NULL || strncmp(known->name, prefix, strlen(prefix)) != 0)
        return "unknown";
    (void)snprintf(name->text, sizeof name->text, "%s", known->name + strlen(prefix));
    for (char *at = name->text; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return name->text;
}

const char *event_type_text(uint32_t type)
{
    static struct lower_name name;

    return lower(&netra__v1__event_type__descriptor, type, "EVENT_TYPE_", &name);
}

const char *actor_text(uint32_t role)
{
    static struct lower_name name;

    return role == 0 ? "service" : lower(&netra__v1__role__descriptor, role, "ROLE_", &name);
}

json_t *leaf_to_json(uint64_t index, const struct event_header *header)
{
    json_t *object = json_object();

    json_put_number(object, "index", index);
    json_put_text(object, "event", event_type_text(header->type));
    json_put_hex(object, "stream_id", view_of(header->stream_id, STREAM_ID_SIZE));
    json_put_number(object, "seq", header->seq);
    json_put_instant(object, "appended_at", header->append_time);
    json_put_text(object, "actor", actor_text(header->actor_role));
    if (header->number_in_case > 0) {
        json_put_hex(object, "case_handle", view_of(header->case_handle, CASE_HANDLE_SIZE));
        json_put_number(object, "number_in_case", header->number_in_case);
    }
    return object;
}
