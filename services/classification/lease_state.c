/* The table. A cell that isn't written is NEVER. */
#include "services/classification/lease_state.h"

#include "common/base/invariant.h"

#define GO(state, what)                                                                   \
    {                                                                                     \
        .move = LEASE_MOVE_GO, .next = LEASE_STATE_##state, .effect = LEASE_EFFECT_##what \
    }
#define IGNORE                    \
    {                             \
        .move = LEASE_MOVE_IGNORE \
    }

static const struct lease_cell table[LEASE_STATE_COUNT][LEASE_EVENT_COUNT] = {
    [LEASE_STATE_WAITING] =
        {
            [LEASE_EVENT_LEASED] = GO(LEASED, NONE),
            /* From a lease of an earlier process: nothing is pinned for the entry now. */
            [LEASE_EVENT_RESULT] = IGNORE,
            [LEASE_EVENT_REPINNED] = IGNORE,
        },
    [LEASE_STATE_LEASED] =
        {
            [LEASE_EVENT_ENDED] = GO(SUSPECT, NONE),
            [LEASE_EVENT_RESULT] = GO(DECIDED, RECORD),
            [LEASE_EVENT_REPINNED] = GO(WAITING, NONE),
        },
    [LEASE_STATE_SUSPECT] =
        {
            [LEASE_EVENT_LEASED_ALONE] = GO(LEASED_ALONE, NONE),
            /* Late, but the first: whoever answers has not died of it. */
            [LEASE_EVENT_RESULT] = GO(DECIDED, RECORD),
            [LEASE_EVENT_DECIDED_HERE] = GO(DECIDED, RECORD),
            [LEASE_EVENT_CONDEMNED] = GO(CONDEMNED, WIPE),
            [LEASE_EVENT_REPINNED] = IGNORE,
        },
    [LEASE_STATE_LEASED_ALONE] =
        {
            [LEASE_EVENT_ENDED] = GO(SUSPECT, NONE),
            [LEASE_EVENT_RESULT] = GO(DECIDED, RECORD),
            /* It is counted once more before it is leased again: it may be a killer still. */
            [LEASE_EVENT_REPINNED] = GO(SUSPECT, NONE),
        },
    [LEASE_STATE_DECIDED] =
        {
            [LEASE_EVENT_RESULT] = IGNORE, /* a late twin */
        },
    [LEASE_STATE_CONDEMNED] =
        {
            /* The turn was told already and can't be told otherwise. */
            [LEASE_EVENT_RESULT] = IGNORE,
            [LEASE_EVENT_REPINNED] = IGNORE,
        },
};

static const char *const state_names[LEASE_STATE_COUNT] = {
    [LEASE_STATE_WAITING] = "WAITING", [LEASE_STATE_LEASED] = "LEASED",
    [LEASE_STATE_SUSPECT] = "SUSPECT", [LEASE_STATE_LEASED_ALONE] = "LEASED_ALONE",
    [LEASE_STATE_DECIDED] = "DECIDED", [LEASE_STATE_CONDEMNED] = "CONDEMNED",
};

static const char *const event_names[LEASE_EVENT_COUNT] = {
    [LEASE_EVENT_LEASED] = "LEASED",
    [LEASE_EVENT_LEASED_ALONE] = "LEASED_ALONE",
    [LEASE_EVENT_ENDED] = "ENDED",
    [LEASE_EVENT_RESULT] = "RESULT",
    [LEASE_EVENT_DECIDED_HERE] = "DECIDED_HERE",
    [LEASE_EVENT_CONDEMNED] = "CONDEMNED",
    [LEASE_EVENT_REPINNED] = "REPINNED",
};

struct lease_cell lease_state_step(enum lease_state state, enum lease_event event)
{
    INVARIANT(state < LEASE_STATE_COUNT && event < LEASE_EVENT_COUNT);
    return table[state][event];
}

const char *lease_state_name(enum lease_state state)
{
    INVARIANT(state < LEASE_STATE_COUNT);
    return state_names[state];
}

const char *lease_event_name(enum lease_event event)
{
    INVARIANT(event < LEASE_EVENT_COUNT);
    return event_names[event];
}
