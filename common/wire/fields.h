/*
 * Single fields of the wire format, read and written in place.
 *
 * Why: protobuf-c takes memory for every message and copies every run of bytes, twice on the way
 * out. For what travels in bulk, entries of a batch, that costs more than the work itself.
 * Wire format: https://protobuf.dev/programming-guides/encoding. What is written here is byte for
 * byte what protobuf-c writes.
 * Limits: field numbers up to 15, so that a tag is one byte, where something is written.
 */
#ifndef NETRA_WIRE_FIELDS_H
#define NETRA_WIRE_FIELDS_H

#include "common/base/view.h"

#include <stdbool.h>
#include <stdint.h>

/* Wire types by their numbers on the wire. */
enum wire_type { WIRE_VARINT = 0, WIRE_FIXED_64 = 1, WIRE_BYTES = 2, WIRE_FIXED_32 = 5 };

/* A field as it stands in a message. */
struct wire_field {
    uint32_t number;
    enum wire_type type;
    uint64_t value;    /* of a varint; else 0 */
    struct view bytes; /* of anything else; borrowed from the message */
};

/* Takes the first field off a message that may hold anything. False, and the message as it was:
 * at its end, and where no field can be read. */
bool wire_field_read(struct view *message, struct wire_field *ret_field);

/* The same of a message that wire_scan let through; false only at its end. */
bool wire_field_take(struct view *message, struct wire_field *ret_field);

/* How many bytes a field takes; none when it is zero or empty, for then it isn't written. */
size_t wire_number_size(uint64_t value);
size_t wire_bytes_size(size_t size);

/* Writes the field to `to`, which has room for it, and returns where it ends. */
uint8_t *wire_put_number(uint8_t *to, uint32_t number, uint64_t value);
uint8_t *wire_put_bytes(uint8_t *to, uint32_t number, struct view bytes);

/* Writes the tag and length that stand before `size` bytes of a field, its bytes to follow. Never
 * left out, unlike wire_put_bytes: a submessage may be empty. */
uint8_t *wire_put_head(uint8_t *to, uint32_t number, size_t size);
size_t wire_head_size(size_t size);

#endif
