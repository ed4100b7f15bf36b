/*
 * Dying at a point of the code: of an entry that kills whoever applies it, or because the plan
 * says so.
 */
#include "tests/simulation/sim_world_state.h"

#include <inttypes.h>
#include <string.h>

#define POISON_DOWN_MS 300

/* Chooses the entry when it passes for the first time. True: this is it. */
static bool is_it(struct sim_poisoning *poisoning, const struct event_header *entry, unsigned at)
{
    bool is_facts = at == SIM_CLASSIFICATION;
    if (!poisoning->is_chosen && poisoning->left-- == 0) {
        poisoning->is_chosen = true;
        poisoning->entry = *entry;
        poisoning->facts_seq = is_facts ? entry->seq : entry->cause_seq;
        memcpy(poisoning->facts_stream, is_facts ? entry->stream_id : entry->cause_stream_id,
               STREAM_ID_SIZE);
    }
    return poisoning->is_chosen && poisoning->entry.seq == entry->seq &&
           memcmp(poisoning->entry.stream_id, entry->stream_id, STREAM_ID_SIZE) == 0;
}

/* Whether its dead letter is what is tried again. */
static bool is_retried(const struct sim_process *process, const struct sim_poisoning *poisoning,
                       uint64_t seq)
{
    const uint8_t *case_handle = sim_service_retries(process);
    return case_handle != NULL && poisoning->is_chosen && poisoning->entry.seq == seq &&
           memcmp(poisoning->entry.case_handle, case_handle, CASE_HANDLE_SIZE) == 0;
}

/* Whether a service that applies the entry, or a worker that decides its case, dies of it. */
static struct sim_poisoning *poisoning_of(struct sim_process *process, enum fault_point point,
                                          uint64_t key)
{
    struct sim_world *world = process->world;
    bool is_worker = point == FAULT_worker_deciding;
    unsigned at = is_worker ? SIM_CLASSIFICATION : process->number;
    if ((point != FAULT_turn_entry_applying && !is_worker) ||
        (at != SIM_CLASSIFICATION && at != SIM_NOTIFICATION) ||
        world->now_ms >= world->poisonings[at].until_ms)
        return NULL;
    struct sim_poisoning *poisoning = &world->poisonings[at];
    const struct sim_process *holder = &world->processes[at];
    if (holder->body == NULL) /* its worker works on; what it works on, nobody can say */
        return NULL;
    const struct event_header *entry = sim_service_entry(holder, key);
    bool is_poisoned = entry != NULL ? is_it(poisoning, entry, at)
                                     : !is_worker && is_retried(process, poisoning, key);
    return is_poisoned ? poisoning : NULL;
}

/* Dead letters that are tried again have been set aside. */
static bool is_letter(const struct sim_process *process, uint64_t seq)
{
    return process->number < SIM_SERVICE_COUNT && sim_service_entry(process, seq) == NULL;
}

static bool is_at(const uint8_t *stream_id, uint64_t seq, const struct sim_poisoning *poisoning)
{
    return seq == poisoning->facts_seq &&
           memcmp(stream_id, poisoning->facts_stream, STREAM_ID_SIZE) == 0;
}

void sim_faults_tell(struct sim_world *world)
{
    for (unsigned at = 0; at < SIM_SERVICE_COUNT; at++) {
        const struct sim_poisoning *poisoning = &world->poisonings[at];
        for (unsigned i = 0; i < world->ledger.submission_count && poisoning->deaths > 0; i++) {
            const struct sim_submission *row = &world->ledger.submissions[i];
            if (is_at(row->stream_id, row->seq, poisoning) ||
                is_at(row->newest_stream_id, row->newest_seq, poisoning))
                world->witness.poison[at][i] =
                    (struct sim_poison){.is_planned = true, .deaths = poisoning->deaths};
        }
    }
}

void sim_fault_point(struct sim_process *process, enum fault_point point, uint64_t key)
{
    struct sim_poisoning *poisoning = poisoning_of(process, point, key);
    sim_alone_passed(process, point, key);
    if (process->number < SIM_SERVICE_COUNT)
        sim_check_point(process, point, key);
    if (poisoning != NULL) {
        poisoning->deaths += is_letter(process, key) ? 0 : 1;
        process->down_ms = POISON_DOWN_MS;
        sim_happened(SIM_FAULT_POISON);
        sim_trace(process->number, "dies of entry %" PRIu64, key);
        sim_process_halt(process);
        return;
    }
    if (process->halt_pass == 0 || process->halt_point != point || --process->halt_pass > 0)
        return;
    sim_happened(SIM_FAULT_CRASH_AT_POINT);
    sim_trace(process->number, "dies at %s", fault_point_name(point));
    sim_process_halt(process);
}
