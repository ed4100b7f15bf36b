/*
 * Every kind of fault: which call fails, how, and what its service may do then.
 */
#ifndef NETRA_TESTS_FAULTS_FAULTS_ROWS_H
#define NETRA_TESTS_FAULTS_FAULTS_ROWS_H

#include "tests/faults/faults_life.h"

/* Which calls a row counts. */
enum faults_group { FAULTS_GROUP_DISK, FAULTS_GROUP_MEMORY, FAULTS_GROUP_NET };

/* What a service may do after the fault; anything else breaks a promise. Whichever it does, the
 * life comes to the same content. */
enum faults_want {
    FAULTS_GOES_ON,     /* RETRY: a running one goes on, a starting one may start again */
    FAULTS_MAY_END,     /* a running one may end too: what it read isn't what it wrote */
    FAULTS_SYNC_FAILED, /* FATAL: a running one ends with STORE_SYNC_FAILED, if the file is its
                         * store's */
};

struct faults_row {
    const char *name;
    enum faults_group group;
    unsigned call;                 /* enum sim_disk_call, faults_memory or faults_net_call */
    enum sim_disk_failure failure; /* of a disk */
    enum status status;            /* of a socket */
    bool cuts_power;
    bool has_worker; /* the worker meets it too */
    enum faults_want want;
};

extern const struct faults_row faults_rows[];
extern const unsigned faults_row_count;

/* Calls so far. */
struct faults_tally {
    uint64_t disk[SIM_SERVICE_COUNT][SIM_DISK_CALL_COUNT];
    uint64_t memory[SIM_PROCESS_COUNT][FAULTS_MEMORY_COUNT];
    uint64_t net[SIM_PROCESS_COUNT][FAULTS_NET_COUNT];
};

void faults_tally_take(const struct faults_life *life, struct faults_tally *ret_tally);

/* How many of a row's calls a process made between two tallies. */
uint64_t faults_tally_between(const struct faults_tally *before, const struct faults_tally *after,
                              const struct faults_row *row, unsigned process);

/* Lets the nth next of a row's calls fail. */
void faults_arm(struct faults_life *life, const struct faults_row *row, unsigned process,
                uint64_t nth);

/* Breaks a promise of the life unless the service did what the row wants. */
void faults_judge(struct faults_life *life, const struct faults_row *row);

#endif
