/*
 * A log in a folder of its own, and scripts of what happens to it.
 *
 * A script is words, separated by spaces:
 *   a3      append seq 3 of stream "a"; a letter from a to n
 *   a3*     the same point with other content
 *   a3:k    the event is of case "k"
 *   o       append the next event of the log's own stream
 *   R       the same, and it is a recovery of audit-log
 *   < >     set a savepoint, and roll back to it
 *   |       seal and commit; after an R the log is opened anew, as the process would be
 *   x       abandon the transaction
 *   ~       close and open the log
 */
#ifndef NETRA_TESTS_UNIT_AUDIT_LOG_LOG_FIXTURE_H
#define NETRA_TESTS_UNIT_AUDIT_LOG_LOG_FIXTURE_H

#include "services/audit-log/audit_log_published.h"
#include "services/audit-log/audit_log_store.h"
#include "services/audit-log/audit_log_tree.h"

#include <stdbool.h>

#define FIXTURE_ORIGIN "log.example/test"
#define FIXTURE_UTC_S 1729051259 /* 59 seconds past its minute */

struct log_fixture {
    char folder[32];
    char store_path[64];
    char checkpoint_path[64];
    struct store store;
    struct audit_log_store tables;
    struct audit_log_tree tree;
    struct arena arena;
    uint8_t sign_public[NOTE_PUBLIC_KEY_SIZE];
    uint8_t sign_secret[NOTE_SECRET_KEY_SIZE];
    uint64_t own_seq;
    uint64_t index; /* of the event that was appended last */
    bool was_recovered;
    struct diag diag;
};

/* cmocka's setup and teardown: *state becomes a log without leaves. */
int log_fixture_set_up(void **state);
int log_fixture_tear_down(void **state);

/* Opens and closes store, tables and tree. */
enum status log_fixture_open(struct log_fixture *fixture) MUST_USE;
void log_fixture_close(struct log_fixture *fixture);

/* Runs the script until a step fails; yields that step's status. */
enum status log_fixture_run(struct log_fixture *fixture, const char *script) MUST_USE;

/* Appends `count` events of stream "a" after seq `after`, and commits. */
void log_fixture_fill(struct log_fixture *fixture, uint64_t after, uint64_t count);

/* Runs SQL on the closed store, as damage would. */
void log_fixture_damage(struct log_fixture *fixture, const char *sql);

/* Asserts that root and checkpoint are those of the stored leaves, recomputed from these. */
void log_fixture_assert_sound(struct log_fixture *fixture);

/* The id of the stream with that letter. */
void log_fixture_stream_id(char letter, uint8_t stream_id[STREAM_ID_SIZE]);

/* The header that a word such as "a3*:k" stands for. */
void log_fixture_header(const char *word, uint8_t header_bytes[HEADER_SIZE]);

#endif
