/*
 * The walk over hostile bytes before protobuf-c sees them: statuses and limits stand in unpack.h.
 *
 * Wire format: https://protobuf.dev/programming-guides/encoding. What protobuf-c 1.4.1 takes from
 * its allocator is counted as it would take it: the message, one array per repeated field, one
 * block per string, bytes and unknown field, and slabs of scanned members beyond the first 16.
 */
#include "common/base/invariant.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "common/wire/utf8.h"

#include <stdio.h>

#define VARINT_BYTES_MAX 10u /* 64 bits, seven at a time */
#define LENGTH_BYTES_MAX 5u  /* tags and lengths are 32 bits; protobuf-c refuses longer ones too */
#define ALLOCATION_SLACK 16u /* the arena aligns each block for any type */
#define SLAB_FIRST 16u       /* scanned members that protobuf-c keeps on its stack */
#define SLAB_MEMBER_BYTES 32u /* its ScannedMember on a 64-bit machine */
#define FIELDS_OF_TYPE_MAX 64u

/* Wire types by their numbers on the wire; 3 and 4 were groups. */
enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/* One message on the way down. */
struct scan_frame {
    const ProtobufCMessageDescriptor *descriptor;
    const ProtobufCFieldDescriptor *field; /* the one being looked at; NULL: unknown or none */
    struct view rest;                      /* of this message's bytes */
    uint64_t submessages_seen;             /* bit i: fields[i], a single submessage, was there */
    size_t slab_size;                      /* members in protobuf-c's newest slab */
    size_t slab_room;                      /* members that still fit in it */
};

struct scan {
    struct scan_frame frames[LIMIT_NESTING + 1];
    size_t depth;          /* frames in use */
    size_t fields;         /* seen so far, all levels */
    size_t unpacked_bytes; /* what protobuf-c will have taken for them */
    struct diag *diag;
};

/* What stands behind a tag: a number or a run of bytes. */
struct value {
    enum wire wire;
    uint64_t number;
    struct view bytes;
};

/* Says where and why ("Batch.entries.header: ..."), and yields the status. */
static enum status fail(const struct scan *scan, enum status status, const char *why)
{
    char path[256];
    size_t used = 0;

    path[0] = '\0';
    for (size_t i = 0; i < scan->depth; i++) {
        const ProtobufCFieldDescriptor *field = scan->frames[i].field;
        const char *name = field == NULL ? "(unknown)" : field->name;
        int wrote;

        if (i == 0)
            wrote = snprintf(path, sizeof(path), "%s.%s", scan->frames[0].descriptor->short_name,
                             name);
        else
            wrote = snprintf(path + used, sizeof(path) - used, ".%s", name);
        if (wrote < 0 || (size_t)wrote >= sizeof(path) - used)
            break;
        used += (size_t)wrote;
    }
    diag_set(scan->diag, "%s: %s", path, why);
    return status;
}

/* Counts `size` bytes in one block. */
static enum status count_memory(struct scan *scan, size_t size)
{
    if (__builtin_add_overflow(scan->unpacked_bytes, size, &scan->unpacked_bytes) ||
        __builtin_add_overflow(scan->unpacked_bytes, ALLOCATION_SLACK, &scan->unpacked_bytes) ||
        scan->unpacked_bytes > LIMIT_UNPACKED_BYTES)
        return fail(scan, STATUS_FRAME_TOO_LARGE, "takes too much memory once unpacked");
    return STATUS_OK;
}

/* Takes a varint of at most `size_max` bytes off the front. */
static bool take_varint(struct view *rest, size_t size_max, uint64_t *ret_number)
{
    uint64_t number = 0;

    for (size_t i = 0; i < rest->size && i < size_max; i++) {
        uint8_t byte = rest->bytes[i];

        /* The tenth byte has room for one bit: protobuf-c would drop the others in silence. */
        if (i == VARINT_BYTES_MAX - 1 && byte > 1)
            return false;
        number |= (uint64_t)(byte & 0x7F) << (7 * i);
        if ((byte & 0x80) == 0) {
            *rest = view_of(rest->bytes + i + 1, rest->size - i - 1);
            *ret_number = number;
            return true;
        }
    }
    return false;
}

/* Takes `size` bytes off the front. */
static bool take_bytes(struct view *rest, uint64_t size, struct view *ret_bytes)
{
    size_t left;

    if (__builtin_sub_overflow(rest->size, size, &left))
        return false;
    *ret_bytes = view_of(rest->bytes, (size_t)size);
    *rest = view_of(rest->bytes + size, left);
    return true;
}

static enum status take_value(struct scan *scan, uint64_t wire, struct value *ret_value)
{
    struct view *rest = &scan->frames[scan->depth - 1].rest;
    uint64_t size;

    *ret_value = (struct value){.wire = WIRE_VARINT};
    switch (wire) {
    case WIRE_VARINT:
        if (!take_varint(rest, VARINT_BYTES_MAX, &ret_value->number))
            return fail(scan, STATUS_MALFORMED, "not a varint of at most ten bytes");
        return STATUS_OK;
    case WIRE_64:
    case WIRE_32:
        ret_value->wire = wire == WIRE_64 ? WIRE_64 : WIRE_32;
        if (!take_bytes(rest, wire == WIRE_64 ? 8 : 4, &ret_value->bytes))
            return fail(scan, STATUS_MALFORMED, "ends within a fixed-size number");
        return STATUS_OK;
    case WIRE_BYTES:
        ret_value->wire = WIRE_BYTES;
        if (!take_varint(rest, LENGTH_BYTES_MAX, &size) ||
            !take_bytes(rest, size, &ret_value->bytes))
            return fail(scan, STATUS_MALFORMED, "longer than the message it stands in");
        return STATUS_OK;
    default:
        return fail(scan, STATUS_MALFORMED, "a group, or no wire type at all");
    }
}

static enum wire wire_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
        return WIRE_VARINT;
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return WIRE_32;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return WIRE_64;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return WIRE_BYTES;
    }
    invariant_failed("a descriptor's type is one of protobuf-c's", __FILE__, __LINE__);
}

/* Bytes of one element in protobuf-c's array for a repeated field, none larger than these. */
static size_t element_bytes(ProtobufCType type)
{
    return type == PROTOBUF_C_TYPE_BYTES ? sizeof(ProtobufCBinaryData) : sizeof(uint64_t);
}

/* A number must be what its type can hold: it is refused, never cut. */
static enum status check_number(const struct scan *scan, const ProtobufCFieldDescriptor *field,
                                uint64_t number)
{
    bool is_int32 = number <= INT32_MAX || number >= (uint64_t)INT32_MIN;

    switch (field->type) {
    case PROTOBUF_C_TYPE_ENUM:
        if (is_int32 &&
            protobuf_c_enum_descriptor_get_value(field->descriptor, (int)(uint32_t)number) != NULL)
            return STATUS_OK;
        return fail(scan, STATUS_CONTRACT_NEWER, "a value that this program doesn't know");
    case PROTOBUF_C_TYPE_INT32:
        return is_int32 ? STATUS_OK : fail(scan, STATUS_MALFORMED, "not a 32-bit number");
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_UINT32:
        return number <= UINT32_MAX ? STATUS_OK
                                    : fail(scan, STATUS_MALFORMED, "not a 32-bit number");
    case PROTOBUF_C_TYPE_BOOL:
        return number <= 1 ? STATUS_OK : fail(scan, STATUS_MALFORMED, "neither false nor true");
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    return STATUS_OK;
}

/* Many numbers in one run of bytes. */
static enum status check_packed(struct scan *scan, const ProtobufCFieldDescriptor *field,
                                struct view bytes)
{
    enum wire wire = wire_of(field->type);
    size_t count = 0;

    if (wire == WIRE_VARINT) {
        for (; bytes.size > 0; count++) {
            uint64_t number;

            if (!take_varint(&bytes, VARINT_BYTES_MAX, &number))
                return fail(scan, STATUS_MALFORMED, "not a varint of at most ten bytes");
            TRY(check_number(scan, field, number));
        }
    } else {
        size_t size = wire == WIRE_64 ? 8 : 4;

        if (bytes.size % size != 0)
            return fail(scan, STATUS_MALFORMED, "ends within a fixed-size number");
        count = bytes.size / size;
    }
    return count_memory(scan, count * element_bytes(field->type));
}

/* Opens a frame for a message. The first is the caller's; those below count as nesting. */
static enum status enter(struct scan *scan, const ProtobufCMessageDescriptor *descriptor,
                         struct view bytes)
{
    INVARIANT(descriptor->n_fields <= FIELDS_OF_TYPE_MAX);
    if (scan->depth == LIMIT_NESTING + 1)
        return fail(scan, STATUS_NESTED_TOO_DEEP, "nested too deep");
    scan->frames[scan->depth++] = (struct scan_frame){
        .descriptor = descriptor,
        .rest = bytes,
        .slab_size = SLAB_FIRST,
        .slab_room = SLAB_FIRST,
    };
    return count_memory(scan, descriptor->sizeof_message);
}

/* Refuses the second of a single submessage: protobuf-c would merge them, copying arrays anew. */
static enum status check_once(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
    struct scan_frame *frame = &scan->frames[scan->depth - 1];
    uint64_t bit = UINT64_C(1) << (field - frame->descriptor->fields);

    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return STATUS_OK;
    if ((frame->submessages_seen & bit) != 0)
        return fail(scan, STATUS_MALFORMED, "given twice");
    frame->submessages_seen |= bit;
    return STATUS_OK;
}

static enum status check_known(struct scan *scan, const ProtobufCFieldDescriptor *field,
                               const struct value *value)
{
    bool is_repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    enum wire wire = wire_of(field->type);

    if (value->wire == WIRE_BYTES && wire != WIRE_BYTES && is_repeated)
        return check_packed(scan, field, value->bytes);
    if (value->wire != wire)
        return fail(scan, STATUS_MALFORMED, "the wire type is not the field's");
    if (is_repeated)
        TRY(count_memory(scan, element_bytes(field->type)));
    if (wire == WIRE_VARINT)
        return check_number(scan, field, value->number);
    if (wire != WIRE_BYTES)
        return STATUS_OK;

    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        TRY(check_once(scan, field));
        return enter(scan, field->descriptor, value->bytes);
    }
    if (field->type == PROTOBUF_C_TYPE_STRING && !utf8_is_valid(value->bytes))
        return fail(scan, STATUS_NOT_UTF8, "not UTF-8, or has a NUL in it");
    return count_memory(scan, value->bytes.size + 1);
}

/* Counts the field, and the slab that protobuf-c takes when the newest is full. */
static enum status count_field(struct scan *scan)
{
    struct scan_frame *frame = &scan->frames[scan->depth - 1];

    if (++scan->fields > LIMIT_FIELDS)
        return fail(scan, STATUS_TOO_MANY_FIELDS, "one field too many for a frame");
    if (frame->slab_room == 0) {
        frame->slab_size *= 2;
        frame->slab_room = frame->slab_size;
        TRY(count_memory(scan, frame->slab_size * SLAB_MEMBER_BYTES));
    }
    frame->slab_room--;
    return STATUS_OK;
}

/* One field of the innermost message. */
static enum status scan_field(struct scan *scan)
{
    struct scan_frame *frame = &scan->frames[scan->depth - 1];
    const uint8_t *start = frame->rest.bytes;
    struct value value;
    uint64_t tag;

    frame->field = NULL;
    if (!take_varint(&frame->rest, LENGTH_BYTES_MAX, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
        return fail(scan, STATUS_MALFORMED, "not a tag");
    frame->field =
        protobuf_c_message_descriptor_get_field(frame->descriptor, (unsigned)(tag >> 3));
    TRY(count_field(scan));
    TRY(take_value(scan, tag & 7, &value));
    if (frame->field != NULL)
        return check_known(scan, frame->field, &value);
    /* protobuf-c keeps what it doesn't know: a record in an array, and a copy of the bytes. */
    return count_memory(scan, sizeof(ProtobufCMessageUnknownField) + ALLOCATION_SLACK +
                                  (size_t)(frame->rest.bytes - start));
}

enum status wire_scan(const ProtobufCMessageDescriptor *descriptor, struct view bytes,
                      struct diag *diag)
{
    struct scan scan = {.diag = diag};

    if (bytes.size > LIMIT_FRAME_BYTES) {
        diag_set(diag, "%s: %zu bytes, at most %u", descriptor->short_name, bytes.size,
                 LIMIT_FRAME_BYTES);
        return STATUS_FRAME_TOO_LARGE;
    }
    TRY(enter(&scan, descriptor, bytes));
    while (scan.depth > 0) {
        if (scan.frames[scan.depth - 1].rest.size == 0)
            scan.depth--;
        else
            TRY(scan_field(&scan));
    }
    return STATUS_OK;
}
