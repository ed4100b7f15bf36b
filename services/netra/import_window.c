/*
 * The slots are few, so each question walks them all: no second structure that could disagree.
 */
#include "services/netra/import.h"

struct import_slot *import_window_free(struct import_window *window)
{
    for (unsigned i = 0; i < IMPORT_SLOTS && window->used < IMPORT_SLOTS; i++) {
        if (window->slots[i].state == SLOT_FREE)
            return &window->slots[i];
    }
    return NULL;
}

void import_window_move(struct import_window *window, struct import_slot *slot,
                        enum slot_state state)
{
    window->sent -= slot->state == SLOT_SENT ? 1u : 0u;
    window->used -= slot->state != SLOT_FREE ? 1u : 0u;
    window->sent += state == SLOT_SENT ? 1u : 0u;
    window->used += state != SLOT_FREE ? 1u : 0u;
    slot->state = state;
}

struct import_slot *import_window_next(struct import_window *window)
{
    struct import_slot *next = NULL;

    if (window->sent >= IMPORT_WINDOW)
        return NULL;
    for (unsigned i = 0; i < IMPORT_SLOTS; i++) {
        struct import_slot *slot = &window->slots[i];

        if (slot->state == SLOT_PREPARED && (next == NULL || slot->row < next->row))
            next = slot;
    }
    return next;
}

struct import_slot *import_window_find(struct import_window *window, uint64_t request_id)
{
    for (unsigned i = 0; i < IMPORT_SLOTS; i++) {
        struct import_slot *slot = &window->slots[i];

        if (slot->state != SLOT_FREE && slot->request_id == request_id)
            return slot;
    }
    return NULL;
}

void import_window_lost(struct import_window *window)
{
    for (unsigned i = 0; i < IMPORT_SLOTS; i++) {
        if (window->slots[i].state == SLOT_SENT)
            import_window_move(window, &window->slots[i], SLOT_PREPARED);
    }
}

int64_t import_window_tick(struct import_window *window, int64_t now_ms)
{
    int64_t next_ms = INT64_MAX;

    for (unsigned i = 0; i < IMPORT_SLOTS; i++) {
        struct import_slot *slot = &window->slots[i];

        if (slot->state != SLOT_SENT && slot->state != SLOT_WAITING)
            continue;
        if (slot->due_ms <= now_ms)
            import_window_move(window, slot, SLOT_PREPARED);
        else if (slot->due_ms < next_ms)
            next_ms = slot->due_ms;
    }
    return next_ms;
}
