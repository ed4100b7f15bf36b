/*
 * The checker: from the stores, what clients were told and what a witness outside noted, whether a
 * promise of design.md or a rule of protocol.md was broken.
 *
 * Why apart from the services: it reads the stores with plain SQL and computes leaves, chains and
 * the tree anew; of our own code it uses SHA-256 alone. A rule has the name and the sentence of
 * tests/support/ledger*.py where both have it.
 * How: the stores are attached to one database in memory; what isn't a table there (a leaf's
 * fields, chains, the tree) is computed into tables beside them; a rule is a query that yields a
 * sentence for each thing that is wrong.
 * Units: positions as in event_log.h.
 * Owns: the connection, from sim_check_open to sim_check_close. tests/unit/simulation shows that
 * every rule fails when it must.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_CHECK_H
#define NETRA_TESTS_SIMULATION_SIM_CHECK_H

#include "common/base/fault_point.h"
#include "common/base/sha256.h"
#include "common/base/view.h"
#include "tests/simulation/sim_ledger.h"
#include "tests/simulation/sim_world.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SIM_CHECK_FINDINGS_MAX 32u
#define SIM_CHECK_TEXTS_MAX 3u /* of one rule; how many more there are is said in one line */
#define SIM_PUBLISHED_MAX 4096u

/* ---- what a witness outside notes while the world runs ---- */

/* A checkpoint that stood in audit-log's published file. */
struct sim_published {
    uint64_t size;
    uint8_t root[SHA256_SIZE];
    bool is_again; /* it had stood there before, and a power cut brought it back: the renaming of
                      what followed it was not durable */
};

/* Deaths of one entry: how often a process or worker died while it applied it. */
struct sim_poison {
    unsigned deaths;
    bool is_planned; /* a fault of the plan */
};

/* An entry, and how often the process died while it was applied alone, or a lease of it alone
 * ended unanswered, whatever it was that ended either. */
struct sim_alone {
    unsigned service;
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
    unsigned deaths;
};

#define SIM_ALONE_MAX 512u

/* Lives with the world: zeroed at a run's start. */
struct sim_witness {
    struct sim_published published[SIM_PUBLISHED_MAX];
    unsigned published_count;
    unsigned trusted_from; /* index in `published`: before it the tree was another, given up by the
                              newest recovery of audit-log */
    unsigned restored[SIM_SERVICE_COUNT];   /* how often its store became an old copy */
    unsigned forks_seen[SIM_SERVICE_COUNT]; /* how often it, or a peer's stream to it, said
                                               STREAM_FORKED */
    unsigned recovered[SIM_SERVICE_COUNT];  /* how often an operator recovered it */
    bool is_not_clean[SIM_SERVICE_COUNT];   /* its last stop was none: it was already dead */
    struct sim_poison poison[SIM_SERVICE_COUNT][SIM_SUBMISSIONS_MAX];
    struct sim_alone alone[SIM_ALONE_MAX];
    unsigned alone_count;
    uint64_t frames; /* that services sent */
};

/* The published file has this content now; a content that is no checkpoint, or the one seen last,
 * notes nothing. The world calls it whenever the file may have changed; `is_after_cut`: the power
 * was cut since, and nobody published what had stood there before. */
void sim_witness_published(struct sim_witness *witness, struct view note, bool is_after_cut);

/* An operator's recovery of that service was done. */
void sim_witness_recovered(struct sim_witness *witness, enum sim_service service);

/* ---- the check ---- */

/* When it is made: some rules hold only when everything was drained and stopped. */
enum sim_check_moment {
    SIM_CHECK_AT_ANY_MOMENT, /* of what is durable, while the services run */
    SIM_CHECK_AT_THE_END
};

struct sim_finding {
    const char *rule; /* static */
    unsigned part;    /* sim_check_rule_name's index of the part that found it */
    char text[300];
};

struct sim_check {
    sqlite3 *database;
    enum sim_check_moment moment;
    bool is_kept;   /* as in the input */
    bool is_again;  /* the connection was there */
    bool is_loaded; /* the stores could be read */
    unsigned part;  /* what is applied now */
    struct sim_finding findings[SIM_CHECK_FINDINGS_MAX];
    unsigned finding_count;
};

/* What is checked. */
struct sim_check_input {
    const char *stores[SIM_SERVICE_COUNT]; /* paths, opened by the default VFS */
    bool is_kept; /* they are on disks beside (sim_disks_beside), the same ones each time: the
                     connection stays for the next check, with all that it has prepared */
    const struct sim_ledger *ledger;
    const struct sim_witness *witness;
    uint64_t retained_events_min;
    enum sim_check_moment moment;
};

/* Makes the tables and attaches the stores. What can't be read is a finding of the rule
 * `store_is_sound`, and nothing else is looked at then. */
void sim_check_open(struct sim_check *check, const struct sim_check_input *input);
void sim_check_close(struct sim_check *check);

/* Applies every rule of the moment; yields how many findings there are. */
unsigned sim_check_run(struct sim_check *check);

/* Open, run, close; the first finding is the world's failure, all are traced. The world calls it
 * when the run is over and every service is closed. */
void sim_check_world(struct sim_world *world);

/* Has `look` see what a world's check is applied to, before it is: the proof doctors copies of it.
 * NULL: nobody looks. */
typedef void (*sim_check_look)(void *self, const struct sim_check_input *input);
void sim_check_listen(sim_check_look look, void *self);

/* The rules' names, for the proof that each fails: NULL beyond the last. A rule of several parts
 * comes several times. */
const char *sim_check_rule_name(unsigned index);

/* ---- what leaves ---- */

/* In which way. */
enum sim_leaving_kind {
    SIM_LEAVES_FRAME,      /* `body`: a Frame (link.proto), `to` another service */
    SIM_LEAVES_ANSWER,     /* `body`: a DoorAnswer (door.proto) of intake */
    SIM_LEAVES_CHECKPOINT, /* `body`: what audit-log's published file will hold */
    SIM_LEAVES_NOTICE      /* `number`: of a notice that notification hands over */
};

struct sim_leaving {
    enum sim_leaving_kind kind;
    const char *to; /* the receiving service's name */
    struct view body;
    uint64_t number;
};

#define SIM_LOOK_QUERIES 6u

/* A connection to a copy of what is durable of a service's store, on a disk beside
 * (sim_disks_beside); all zero at first. */
struct sim_look {
    sqlite3 *database;
    sqlite3_stmt *statements[SIM_LOOK_QUERIES]; /* those that were needed */
};

void sim_look_open(struct sim_look *look, const char *store);

/*
 * Whether what leaves is on the durable part of its sender's disk: an ack's or a Hello's position
 * is no further than the inbox there, a batch's end and a Hello's no further than the event log
 * there; every receipt in the answer's frame, the checkpoint, and the notice's mark stand there.
 * False: `text` says what isn't there.
 */
bool sim_check_leaving(struct sim_look *look, const struct sim_leaving *leaving, char *text,
                       size_t size);

/* Checks a share of the frames that services send: the world calls it as each leaves. What isn't
 * durable is the world's failure. */
void sim_check_frame(struct sim_world *world, unsigned from, unsigned to, bool is_answer,
                     struct view body);

/* The same of what leaves by another way, at a point that the service passes. */
struct sim_process;
void sim_check_point(struct sim_process *process, enum fault_point point, uint64_t key);

#endif
