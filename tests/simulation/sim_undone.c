/*
 * What was promised by a store that was then put back to a copy from before: an event that nobody
 * had got yet is gone with it, and its seq is given again.
 */
#include "tests/simulation/sim_world_state.h"

/* Whether the store may have done in between, from the copy to its return, what it was last asked
 * and has answered at these times. */
static bool is_taken_away(const struct sim_plan *plan, unsigned service, int64_t asked_ms,
                          int64_t answered_ms)
{
    for (unsigned i = 0; i < plan->fault_count; i++) {
        const struct sim_planned_fault *fault = &plan->faults[i];
        if (fault->what == SIM_FAULT_STORE_RESTORED && fault->process == service &&
            answered_ms >= fault->at_ms - fault->length_ms && asked_ms <= fault->at_ms)
            return true;
    }
    return false;
}

void sim_undone_tell(struct sim_world *world)
{
    struct sim_ledger *ledger = &world->ledger;
    for (unsigned i = 0; i < ledger->act_count; i++) {
        struct sim_act *act = &ledger->acts[i];
        act->is_undone =
            is_taken_away(&world->plan, act->service, act->asked_ms, act->answered_ms);
    }
    for (unsigned i = 0; i < ledger->submission_count; i++) {
        struct sim_submission *row = &ledger->submissions[i];
        row->is_undone = is_taken_away(&world->plan, SIM_INTAKE, row->asked_ms, row->receipted_ms);
    }
}
