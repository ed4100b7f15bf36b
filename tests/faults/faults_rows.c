/*
 * The table of faults.
 */
#include "tests/faults/faults_rows.h"

#include "common/base/invariant.h"

#include <string.h>

const struct faults_row faults_rows[] = {
    {.name = "opening, EIO", .call = SIM_DISK_OPEN, .failure = SIM_DISK_EIO},
    {.name = "opening, no room", .call = SIM_DISK_OPEN, .failure = SIM_DISK_ENOSPC},
    {.name = "read, EIO", .call = SIM_DISK_READ, .failure = SIM_DISK_EIO},
    {.name = "read, short",
     .call = SIM_DISK_READ,
     .failure = SIM_DISK_SHORT_READ,
     .want = FAULTS_MAY_END},
    {.name = "write, EIO", .call = SIM_DISK_WRITE, .failure = SIM_DISK_EIO},
    {.name = "write, no room", .call = SIM_DISK_WRITE, .failure = SIM_DISK_ENOSPC},
    {.name = "truncation, EIO", .call = SIM_DISK_TRUNCATE, .failure = SIM_DISK_EIO},
    {.name = "sync, EIO",
     .call = SIM_DISK_SYNC,
     .failure = SIM_DISK_EIO,
     .want = FAULTS_SYNC_FAILED},
    {.name = "sync, no room",
     .call = SIM_DISK_SYNC,
     .failure = SIM_DISK_ENOSPC,
     .want = FAULTS_SYNC_FAILED},
    {.name = "sync, lost, then power cut",
     .call = SIM_DISK_SYNC,
     .failure = SIM_DISK_SYNC_LOSES,
     .cuts_power = true,
     .want = FAULTS_SYNC_FAILED},
    {.name = "removal, EIO", .call = SIM_DISK_DELETE, .failure = SIM_DISK_EIO},
    {.name = "renaming, EIO", .call = SIM_DISK_RENAME, .failure = SIM_DISK_EIO},
    {.name = "mapping, EIO", .call = SIM_DISK_SHM_MAP, .failure = SIM_DISK_EIO},
    {.name = "arena full", .group = FAULTS_GROUP_MEMORY, .call = FAULTS_ARENA, .has_worker = true},
    {.name = "SQLite's memory", .group = FAULTS_GROUP_MEMORY, .call = FAULTS_SQLITE},
    {.name = "send, not connected",
     .group = FAULTS_GROUP_NET,
     .call = FAULTS_SEND,
     .status = STATUS_NOT_CONNECTED},
    {.name = "send, would block",
     .group = FAULTS_GROUP_NET,
     .call = FAULTS_SEND,
     .status = STATUS_WOULD_BLOCK},
    {.name = "answer, not connected",
     .group = FAULTS_GROUP_NET,
     .call = FAULTS_ANSWER,
     .status = STATUS_NOT_CONNECTED},
    {.name = "answer, would block",
     .group = FAULTS_GROUP_NET,
     .call = FAULTS_ANSWER,
     .status = STATUS_WOULD_BLOCK},
    {.name = "question, not connected",
     .group = FAULTS_GROUP_NET,
     .call = FAULTS_ASK,
     .status = STATUS_NOT_CONNECTED,
     .has_worker = true},
    {.name = "question, would block",
     .group = FAULTS_GROUP_NET,
     .call = FAULTS_ASK,
     .status = STATUS_WOULD_BLOCK,
     .has_worker = true},
    {.name = "sockets refused",
     .group = FAULTS_GROUP_NET,
     .call = FAULTS_SOCKETS,
     .status = STATUS_SYSTEM_FAILED},
};

const unsigned faults_row_count = sizeof faults_rows / sizeof faults_rows[0];

void faults_tally_take(const struct faults_life *life, struct faults_tally *ret_tally)
{
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        memcpy(ret_tally->disk[i], sim_disk_counted(life->disk[i])->calls,
               sizeof ret_tally->disk[i]);
    for (unsigned i = 0; i < SIM_PROCESS_COUNT; i++) {
        memcpy(ret_tally->net[i], life->net.ports[i].calls, sizeof ret_tally->net[i]);
        for (unsigned kind = 0; kind < FAULTS_MEMORY_COUNT; kind++)
            ret_tally->memory[i][kind] = faults_memory_count(i, (enum faults_memory)kind);
    }
}

static uint64_t tallied(const struct faults_tally *tally, const struct faults_row *row,
                        unsigned process)
{
    switch (row->group) {
    case FAULTS_GROUP_DISK:
        return process < SIM_SERVICE_COUNT ? tally->disk[process][row->call] : 0;
    case FAULTS_GROUP_MEMORY:
        return tally->memory[process][row->call];
    case FAULTS_GROUP_NET:
        return tally->net[process][row->call];
    }
    return 0;
}

uint64_t faults_tally_between(const struct faults_tally *before, const struct faults_tally *after,
                              const struct faults_row *row, unsigned process)
{
    bool meets = process < SIM_SERVICE_COUNT || (row->has_worker && process == SIM_WORKER_FIRST);
    return meets ? tallied(after, row, process) - tallied(before, row, process) : 0;
}

void faults_arm(struct faults_life *life, const struct faults_row *row, unsigned process,
                uint64_t nth)
{
    life->faulty = process;
    switch (row->group) {
    case FAULTS_GROUP_DISK:
        life->disk_fault = (struct faults_disk_fault){
            .in = nth,
            .call = (enum sim_disk_call)row->call,
            .failure = row->failure,
            .cuts_power = row->cuts_power,
        };
        return;
    case FAULTS_GROUP_MEMORY:
        faults_memory_fail(process, (enum faults_memory)row->call, nth);
        return;
    case FAULTS_GROUP_NET:
        faults_net_fail(&life->net, process, (enum faults_net_call)row->call, nth, row->status);
        return;
    }
}

static bool is_of_store(const struct faults_life *life)
{
    return strncmp(life->seen.path, "store.db", strlen("store.db")) == 0;
}

void faults_judge(struct faults_life *life, const struct faults_row *row)
{
    const struct faults_seen *seen = &life->seen;
    bool has_ended = seen->round != STATUS_OK;
    if (!seen->is_fired) {
        faults_life_break(life, "the fault did not happen");
        return;
    }
    switch (row->want) {
    case FAULTS_GOES_ON:
        if (has_ended)
            faults_life_break(life, "its service ended with %s", status_name(seen->round));
        return;
    case FAULTS_MAY_END:
        if (has_ended && status_class_of(seen->round) != STATUS_CLASS_FATAL)
            faults_life_break(life, "its service ended with %s", status_name(seen->round));
        return;
    case FAULTS_SYNC_FAILED:
        if (has_ended && seen->round != STATUS_STORE_SYNC_FAILED)
            faults_life_break(life, "its service ended with %s", status_name(seen->round));
        if (!has_ended && !seen->is_at_start && is_of_store(life))
            faults_life_break(life, "its service went on after a failed sync");
        return;
    }
}
