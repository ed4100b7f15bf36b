/* protobuf-c with the turn's arena for its memory; the bytes are scanned first (scan.c). */
#include "common/wire/unpack.h"

#include "common/base/invariant.h"

#include <string.h>

/* What protobuf-c's allocator gets: whose memory, and whether it was ever refused, because unpack
 * yields NULL both for want of memory and for bytes it doesn't like. */
struct memory {
    struct arena *arena;
    bool is_refused;
};

static void *memory_take(void *self, size_t size)
{
    struct memory *memory = self;
    void *taken = arena_take(memory->arena, size);

    if (taken == NULL)
        memory->is_refused = true;
    return taken;
}

/* The arena takes everything back at once. */
static void memory_ignore(void *self, void *pointer)
{
    (void)self;
    (void)pointer;
}

enum status wire_unpack(const ProtobufCMessageDescriptor *descriptor, struct view bytes,
                        struct arena *arena, ProtobufCMessage **ret_message, struct diag *diag)
{
    struct memory memory = {.arena = arena};
    ProtobufCAllocator allocator = {
        .alloc = memory_take,
        .free = memory_ignore,
        .allocator_data = &memory,
    };
    ProtobufCMessage *message;
    size_t mark = arena_mark(arena);

    TRY(wire_scan(descriptor, bytes, diag));
    message = protobuf_c_message_unpack(descriptor, &allocator, bytes.size, bytes.bytes);
    if (message == NULL) {
        arena_rewind(arena, mark);
        diag_set(diag, "%s: %s", descriptor->short_name,
                 memory.is_refused ? "no room in the arena" : "refused by protobuf-c");
        return memory.is_refused ? STATUS_NO_MEMORY : STATUS_MALFORMED;
    }
    *ret_message = message;
    return STATUS_OK;
}

enum status wire_pack(const ProtobufCMessage *message, struct arena *arena, struct view *ret_bytes)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_take(arena, size);

    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    INVARIANT(protobuf_c_message_pack(message, bytes) == size);
    *ret_bytes = view_of(bytes, size);
    return STATUS_OK;
}

struct view wire_view(ProtobufCBinaryData data)
{
    return view_of(data.data, data.len);
}

ProtobufCBinaryData wire_bytes(struct view view)
{
    ProtobufCBinaryData data = {.len = view.size};

    /* protobuf-c's struct isn't const, but packing only reads it; a copied pointer keeps
     * -Wcast-qual useful elsewhere. */
    memcpy(&data.data, &view.bytes, sizeof(data.data));
    return data;
}

enum status wire_exact(ProtobufCBinaryData data, uint8_t *to, size_t size, const char *name,
                       struct diag *diag)
{
    if (data.len != size) {
        diag_set(diag, "%s: %zu bytes, must be %zu", name, data.len, size);
        return STATUS_OUT_OF_RANGE;
    }
    if (size > 0)
        memcpy(to, data.data, size);
    return STATUS_OK;
}
