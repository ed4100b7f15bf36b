/*
 * Big-endian integers in byte buffers, and lower-case hex. The leaf and every hashed structure use
 * these alone.
 */
#ifndef NETRA_BASE_BYTES_H
#define NETRA_BASE_BYTES_H

#include "common/base/view.h"

#include <stdint.h>

void bytes_put_u16(uint8_t *to, uint16_t value);
void bytes_put_u32(uint8_t *to, uint32_t value);
void bytes_put_u64(uint8_t *to, uint64_t value);
uint16_t bytes_get_u16(const uint8_t *from);
uint32_t bytes_get_u32(const uint8_t *from);
uint64_t bytes_get_u64(const uint8_t *from);

/* Writes 2 × size lower-case hex digits and a NUL to `to`, which must hold 2 × size + 1. */
void bytes_to_hex(struct view bytes, char *to);

/* Reads exactly 2 × size hex digits (either case) into `to`. False, and `to` undefined, when
 * the text is anything else. */
bool bytes_from_hex(const char *text, uint8_t *to, size_t size);

/* How many bytes at the start, rounded down to eights, are plain: 0x20 to 0x7E. For text, whose
 * bytes nearly all are, to be looked at eight at a time. */
size_t bytes_plain_size(const uint8_t *bytes, size_t size);

#endif
