/*
 * Scope-bound release of handles (statement, file, socket, library object), and giving them away.
 *
 * Why: an early return must not leak a handle, and goto is not used here. Memory of ours never
 * needs this: it lives in arenas.
 */
#ifndef NETRA_BASE_CLEANUP_H
#define NETRA_BASE_CLEANUP_H

/* Calls `fn` with the variable's address when the variable's scope ends. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Yields the pointer's value and leaves NULL behind, so that its CLEANUP does nothing: the new
 * owner releases it. */
#define TAKE(pointer)                           \
    __extension__({                             \
        __typeof__(pointer) taken_ = (pointer); \
        (pointer) = NULL;                       \
        taken_;                                 \
    })

#endif
