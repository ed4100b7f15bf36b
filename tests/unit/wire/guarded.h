/*
 * Bytes that end where an unreadable page begins: reading one too many kills the test, sanitizer
 * or not. Limits: 2 MiB. Owns: one mapping per process, made at first use.
 */
#ifndef NETRA_TESTS_UNIT_WIRE_GUARDED_H
#define NETRA_TESTS_UNIT_WIRE_GUARDED_H

#include "common/base/view.h"

#define GUARDED_SIZE_MAX 2097152u

/* A copy of the bytes at the end of the mapping; the next call overwrites it. */
struct view guarded_copy(struct view bytes);

#endif
