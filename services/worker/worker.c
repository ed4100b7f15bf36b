/* The table, and the times that go with its states. */
#include "services/worker/worker.h"

#include "common/base/invariant.h"

#include <string.h>

#define GO(state, what)                                                             \
    {                                                                               \
        .is_go = true, .next = WORKER_STATE_##state, .effect = WORKER_EFFECT_##what \
    }

/* A cell that isn't written is ignored. */
struct table_cell {
    bool is_go;
    enum worker_state next;
    enum worker_effect effect;
};

static const struct table_cell table[WORKER_STATE_COUNT][WORKER_EVENT_COUNT] = {
    [WORKER_STATE_DOWN] =
        {
            [WORKER_EVENT_UP] = GO(ASKING, ANSWER_AND_ASK),
            /* It was read behind the loss: the results wait for the connection. */
            [WORKER_EVENT_LEASED] = GO(DOWN, DECIDE),
            [WORKER_EVENT_LEASED_AHEAD] = GO(FETCHING, HOLD_AND_FETCH),
            [WORKER_EVENT_STOP] = GO(LEFT, NONE),
        },
    [WORKER_STATE_ASKING] =
        {
            [WORKER_EVENT_LOST] = GO(DOWN, NONE),
            [WORKER_EVENT_LEASED] = GO(ASKING, DECIDE_AND_ASK),
            [WORKER_EVENT_LEASED_AHEAD] = GO(FETCHING, HOLD_AND_FETCH),
            [WORKER_EVENT_LATER] = GO(RESTING, NONE),
            [WORKER_EVENT_STOP] = GO(LEAVING, WITHDRAW),
            [WORKER_EVENT_DUE] = GO(ASKING, ASK),
        },
    [WORKER_STATE_FETCHING] =
        {
            [WORKER_EVENT_UP] = GO(FETCHING, ANSWER_AND_FETCH),
            /* For a request before the one that was answered with the held cases. */
            [WORKER_EVENT_LEASED] = GO(FETCHING, DECIDE),
            /* The cases held before have gone to others: a worker is leased cases once it asks. */
            [WORKER_EVENT_LEASED_AHEAD] = GO(FETCHING, HOLD_AND_FETCH),
            [WORKER_EVENT_PART] = GO(FETCHING, FETCH),
            [WORKER_EVENT_LOADED] = GO(ASKING, DECIDE_AND_ASK),
            [WORKER_EVENT_UNLOADABLE] = GO(RESTING, NONE),
            /* No request waits at classification, and what is held can still be decided. */
            [WORKER_EVENT_STOP] = GO(LEAVING, NONE),
            [WORKER_EVENT_DUE] = GO(FETCHING, FETCH),
        },
    [WORKER_STATE_RESTING] =
        {
            [WORKER_EVENT_LOST] = GO(DOWN, NONE),
            /* For a request before the one that was refused. */
            [WORKER_EVENT_LEASED] = GO(ASKING, DECIDE_AND_ASK),
            [WORKER_EVENT_LEASED_AHEAD] = GO(FETCHING, HOLD_AND_FETCH),
            [WORKER_EVENT_STOP] = GO(LEAVING, WITHDRAW),
            [WORKER_EVENT_DUE] = GO(ASKING, ASK),
        },
    [WORKER_STATE_LEAVING] =
        {
            [WORKER_EVENT_LOST] = GO(LEFT, NONE),
            /* It was given before the withdrawal arrived. */
            [WORKER_EVENT_LEASED] = GO(LEAVING, DECIDE),
            [WORKER_EVENT_LEASED_AHEAD] = GO(LEAVING, HOLD_AND_FETCH),
            [WORKER_EVENT_PART] = GO(LEAVING, FETCH),
            [WORKER_EVENT_LOADED] = GO(LEAVING, DECIDE),
            [WORKER_EVENT_WITHDRAWN] = GO(LEFT, NONE),
            [WORKER_EVENT_DUE] = GO(LEFT, NONE),
        },
};

static const char *const state_names[WORKER_STATE_COUNT] = {
    [WORKER_STATE_DOWN] = "DOWN",         [WORKER_STATE_ASKING] = "ASKING",
    [WORKER_STATE_FETCHING] = "FETCHING", [WORKER_STATE_RESTING] = "RESTING",
    [WORKER_STATE_LEAVING] = "LEAVING",   [WORKER_STATE_LEFT] = "LEFT",
};

static const char *const event_names[WORKER_EVENT_COUNT] = {
    [WORKER_EVENT_UP] = "UP",
    [WORKER_EVENT_LOST] = "LOST",
    [WORKER_EVENT_LEASED] = "LEASED",
    [WORKER_EVENT_LEASED_AHEAD] = "LEASED_AHEAD",
    [WORKER_EVENT_PART] = "PART",
    [WORKER_EVENT_LOADED] = "LOADED",
    [WORKER_EVENT_UNLOADABLE] = "UNLOADABLE",
    [WORKER_EVENT_LATER] = "LATER",
    [WORKER_EVENT_WITHDRAWN] = "WITHDRAWN",
    [WORKER_EVENT_STOP] = "STOP",
    [WORKER_EVENT_DUE] = "DUE",
};

struct worker_cell worker_table_step(enum worker_state state, enum worker_event event)
{
    INVARIANT(state < WORKER_STATE_COUNT && event < WORKER_EVENT_COUNT);
    const struct table_cell *cell = &table[state][event];
    return (struct worker_cell){
        .is_ignored = !cell->is_go,
        .next = cell->next,
        .effect = cell->effect,
    };
}

const char *worker_state_name(enum worker_state state)
{
    INVARIANT(state < WORKER_STATE_COUNT);
    return state_names[state];
}

const char *worker_event_name(enum worker_event event)
{
    INVARIANT(event < WORKER_EVENT_COUNT);
    return event_names[event];
}

void worker_begin(struct worker *worker, const uint8_t start[WORKER_START_SIZE])
{
    worker->state = WORKER_STATE_DOWN;
    worker->due_ms = INT64_MAX;
    memcpy(worker->start, start, WORKER_START_SIZE);
}

/* When the state that was entered has lasted too long. */
static int64_t due_of(enum worker_state state, int64_t rest_ms, int64_t now_ms)
{
    switch (state) {
    case WORKER_STATE_ASKING:
        return now_ms + WORKER_ASK_AGAIN_MS;
    case WORKER_STATE_FETCHING:
        return now_ms + WORKER_FETCH_AGAIN_MS;
    case WORKER_STATE_RESTING:
        return now_ms + (rest_ms > WORKER_REST_MS_MIN ? rest_ms : WORKER_REST_MS_MIN);
    case WORKER_STATE_LEAVING:
        return now_ms + WORKER_LEAVE_MS;
    case WORKER_STATE_DOWN:
    case WORKER_STATE_LEFT:
    case WORKER_STATE_COUNT:
        break;
    }
    return INT64_MAX;
}

enum worker_effect worker_step(struct worker *worker, enum worker_event event, int64_t rest_ms,
                               int64_t now_ms)
{
    struct worker_cell cell = worker_table_step(worker->state, event);
    if (cell.is_ignored)
        return WORKER_EFFECT_NONE;
    worker->state = cell.next;
    worker->due_ms = due_of(cell.next, rest_ms, now_ms);
    return cell.effect;
}

/* The id's lowest digit in base 4 says what was asked for. */
uint64_t worker_draw_request(struct worker *worker, enum worker_request request)
{
    worker->request_count++;
    return worker->request_count * 4 + (uint64_t)request;
}

enum worker_request worker_request_of(uint64_t request_id)
{
    switch (request_id % 4) {
    case WORKER_REQUEST_RESULT:
        return WORKER_REQUEST_RESULT;
    case WORKER_REQUEST_WITHDRAWAL:
        return WORKER_REQUEST_WITHDRAWAL;
    case WORKER_REQUEST_RULESET:
        return WORKER_REQUEST_RULESET;
    default:
        return WORKER_REQUEST_WORK;
    }
}

void worker_lease_begin(struct worker *worker, uint64_t lease_id, const struct ruleset_pin *pin)
{
    worker->results.lease_id = lease_id;
    worker->results.pin = *pin;
    worker->results.request_id = 0;
    worker->results.count = 0;
}

struct worker_result *worker_result_add(struct worker *worker)
{
    if (worker->results.count == WORKER_CASES_MAX)
        return NULL;
    return &worker->results.rows[worker->results.count++];
}

void worker_results_answered(struct worker *worker, uint64_t request_id)
{
    if (worker->results.request_id == request_id)
        worker->results.count = 0;
}
