/*
 * Whether bytes are text: protobuf-c and libsodium don't ask.
 */
#ifndef NETRA_WIRE_UTF8_H
#define NETRA_WIRE_UTF8_H

#include "common/base/view.h"

#include <stdbool.h>

/* Whether the bytes are UTF-8 (RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF)
 * and hold no NUL, which would silently end a C string. Empty text is valid. */
bool utf8_is_valid(struct view text);

#endif
