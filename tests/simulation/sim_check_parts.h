/*
 * What the checker's files share: SQL, its own functions, and the rules' rows.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_CHECK_PARTS_H
#define NETRA_TESTS_SIMULATION_SIM_CHECK_PARTS_H

#include "tests/simulation/sim_check.h"
#include "tests/simulation/sim_disk.h"

/* A rule, or a part of one: each row that the query yields is a sentence of what is wrong. */
struct sim_rule {
    const char *name;
    enum sim_check_moment from; /* AT_ANY_MOMENT: holds always; AT_THE_END: only then */
    const char *query;
};

#define SIM_RULE_ALWAYS SIM_CHECK_AT_ANY_MOMENT
#define SIM_RULE_AT_END SIM_CHECK_AT_THE_END

/* An event that an operator's recovery has given up: past what counts of a closed stream. */
#define SIM_IS_LOST(stream_id, seq)                                          \
    "EXISTS (SELECT 1 FROM stream AS lost WHERE lost.stream_id = " stream_id \
    " AND lost.is_closed AND " seq " > lost.end_seq)"

extern const struct sim_rule sim_log_rules[];
extern const unsigned sim_log_rule_count;
extern const struct sim_rule sim_case_rules[];
extern const unsigned sim_case_rule_count;
extern const struct sim_rule sim_promise_rules[];
extern const unsigned sim_promise_rule_count;

/* sim_check_functions.c: be(), sha256(), pb_blob(), pb_number(), chain(). */
void sim_check_add_functions(sqlite3 *database);

/* A field of protobuf's wire format: its number and kind, and a varint or a run of bytes. */
struct sim_wire_field {
    uint64_t tag;
    uint64_t number;
    struct view bytes;
};

/* Takes the next field; false at the end, or where bytes are no field. Groups and fixed sizes
 * aren't used. */
bool sim_wire_next(struct view *rest, struct sim_wire_field *ret_field);

/* sim_check_load.c: makes the tables and fills them from the stores. False, and a finding, when a
 * store can't be read. */
bool sim_check_load(struct sim_check *check, const struct sim_check_input *input);

/* sim_check_told.c: fills the tables of what clients were told and the witness noted. */
void sim_check_add_told(struct sim_check *check, const struct sim_check_input *input);

/* sim_check_tree.c: the roots that are asked for, and the tiles. */
void sim_check_add_tree(struct sim_check *check);

#define SIM_TREE_DEPTH_MAX 64u
#define SIM_TREE_TILE 256u /* leaves */

/* A complete subtree. */
struct sim_subtree {
    uint64_t size; /* leaves */
    uint8_t hash[SHA256_SIZE];
};

/* The complete subtrees from left to right; their sizes fall. All zero: no leaf. */
struct sim_frontier {
    struct sim_subtree rows[SIM_TREE_DEPTH_MAX];
    unsigned count;
    uint64_t size;
    uint8_t tile[SHA256_SIZE]; /* of the newest 256 leaves, when they are complete */
};

/* Adds a leaf by its hash; true when it completes a tile. */
bool sim_frontier_add(struct sim_frontier *frontier, const uint8_t *hash);
void sim_frontier_root(const struct sim_frontier *frontier, uint8_t root[SHA256_SIZE]);

/* sim_check.c */

/* All rules' parts one after the other; NULL beyond the last. */
const struct sim_rule *sim_check_rule(unsigned index);

__attribute__((format(printf, 3, 4))) void sim_check_find(struct sim_check *check,
                                                          const char *rule, const char *format,
                                                          ...);

/* "intake", …, as services call themselves. */
const char *sim_check_service(unsigned service);

/* Runs statements of our own tables: a failure is our bug. */
void sim_check_do(struct sim_check *check, const char *sql);
sqlite3_stmt *sim_check_prepare(struct sim_check *check, const char *sql);

/* Prepares a statement that may fail, by what a store is; an SQLite code. */
int sim_check_try_prepare(struct sim_check *check, const char *sql, sqlite3_stmt **ret_statement);

/* Every prepared statement's end. */
void sim_check_finish(const struct sim_check *check, sqlite3_stmt *statement);

/* Steps a statement of ours to its end. */
void sim_check_step(struct sim_check *check, sqlite3_stmt *statement);

#endif
