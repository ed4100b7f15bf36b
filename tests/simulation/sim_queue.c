/*
 * The queue of what will happen: a heap, ordered by time and then by the order of making.
 */
#include "tests/simulation/sim_world_state.h"

#include "common/base/invariant.h"

#include <stdlib.h>

static bool is_before(const struct sim_event *a, const struct sim_event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

void sim_schedule(struct sim_world *world, int64_t at_ms, sim_happening happen, unsigned process,
                  uint64_t number, void *owned)
{
    struct sim_queue *queue = &world->queue;
    if (queue->count == queue->room) {
        queue->room = queue->room == 0 ? 256 : queue->room * 2;
        queue->events = realloc(queue->events, queue->room * sizeof *queue->events);
        INVARIANT(queue->events != NULL);
    }
    struct sim_event event = {
        .at_ms = at_ms < world->now_ms ? world->now_ms : at_ms,
        .order = queue->made++,
        .happen = happen,
        .process = process,
        .number = number,
        .owned = owned,
    };
    size_t at = queue->count++;
    while (at > 0 && is_before(&event, &queue->events[(at - 1) / 2])) {
        queue->events[at] = queue->events[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    queue->events[at] = event;
}

struct sim_event sim_queue_take_first(struct sim_queue *queue)
{
    struct sim_event first = queue->events[0];
    struct sim_event last = queue->events[--queue->count];
    size_t at = 0;
    for (size_t child = 1; child < queue->count; child = 2 * at + 1) {
        if (child + 1 < queue->count &&
            is_before(&queue->events[child + 1], &queue->events[child]))
            child++;
        if (!is_before(&queue->events[child], &last))
            break;
        queue->events[at] = queue->events[child];
        at = child;
    }
    queue->events[at] = last;
    return first;
}
