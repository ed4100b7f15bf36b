/*
 * Copies of a good run's stores, and how they are damaged.
 */
#include "tests/unit/simulation/doctor.h"

#include "common/base/bytes.h"
#include "common/wire/header.h"
#include "tests/simulation/sim_check_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SQL_BYTES_MAX 2048
#define NUMBER_AT 58
#define PREVIOUS_AT 80
#define CASES_MAX 128u

static const char *const schemas[SIM_SERVICE_COUNT] = {"intake", "classification", "notification",
                                                       "audit_log"};

/* The good copies: they live as long as a connection holds them. */
static struct {
    sqlite3 *database; /* NULL: nothing was kept */
    struct sim_ledger ledger;
    struct sim_witness witness;
    struct sim_check_input input;
} kept;

static void run(sqlite3 *database, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &message) == SQLITE_OK)
        return;
    fprintf(stderr, "doctor: %s: %s\n", message, sql);
    abort();
}

__attribute__((format(printf, 2, 3))) static void run_text(sqlite3 *database, const char *format,
                                                           ...)
{
    char sql[SQL_BYTES_MAX];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    if (written < 0 || (size_t)written >= sizeof sql)
        abort();
    run(database, sql);
}

/* On the system's VFS: the simulated one goes with its world. */
static sqlite3 *open_memory(void)
{
    sqlite3 *database = NULL;
    if (sqlite3_open_v2(":memory:", &database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
                        "unix") != SQLITE_OK)
        abort();
    return database;
}

/* ---- the good copies ---- */

void doctor_keep(void *self, const struct sim_check_input *input)
{
    (void)self;
    kept.database = open_memory();
    kept.ledger = *input->ledger;
    kept.witness = *input->witness;
    kept.input = *input;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        run_text(kept.database, "ATTACH 'file:%s?vfs=netra-sim' AS source", input->stores[i]);
        run_text(kept.database, "ATTACH 'file:/good-%s?vfs=memdb' AS %s", schemas[i], schemas[i]);
        run_text(kept.database, "VACUUM source INTO 'file:/good-%s?vfs=memdb'", schemas[i]);
        run(kept.database, "DETACH source");
    }
}

bool doctor_has_kept(void)
{
    return kept.database != NULL;
}

void doctor_forget(void)
{
    sqlite3_close(kept.database);
    kept.database = NULL;
}

/* ---- a patient ---- */

void patient_open(struct patient *patient, unsigned number)
{
    patient->database = open_memory();
    patient->ledger = kept.ledger;
    patient->witness = kept.witness;
    patient->input = kept.input;
    patient->input.ledger = &patient->ledger;
    patient->input.witness = &patient->witness;
    sim_check_add_functions(patient->database);
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        char *path = patient->paths[i];
        (void)snprintf(path, sizeof patient->paths[i], "file:/patient-%u-%s?vfs=memdb", number,
                       schemas[i]);
        run_text(patient->database, "ATTACH '%s' AS %s", path, schemas[i]);
        run_text(kept.database, "VACUUM %s INTO '%s'", schemas[i], path);
        patient->input.stores[i] = path;
    }
    run(patient->database, "CREATE TABLE log (place REAL, leaf BLOB, payload BLOB)");
    run(patient->database, "INSERT INTO log SELECT idx, leaf, payload FROM audit_log.leaf");
}

void patient_close(struct patient *patient)
{
    sqlite3_close(patient->database);
}

void patient_change(struct patient *patient, const char *sql)
{
    run(patient->database, sql);
}

void patient_loosen(struct patient *patient, const char *schema, const char *table)
{
    run_text(patient->database,
             "CREATE TABLE %s.loose AS SELECT * FROM %s.%s; DROP TABLE %s.%s;"
             "ALTER TABLE %s.loose RENAME TO %s",
             schema, schema, table, schema, table, schema, table);
}

/* ---- the log ---- */

/* What the newest leaf of a case is. */
struct case_end {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint64_t number;
    int64_t index;
    uint8_t hash[SHA256_SIZE];
};

struct writer {
    sqlite3 *database;
    struct sim_frontier frontier;
    struct case_end cases[CASES_MAX];
    unsigned case_count;
};

static struct case_end *find_case(struct writer *writer, const uint8_t *case_handle)
{
    static const uint8_t none[CASE_HANDLE_SIZE];
    if (memcmp(case_handle, none, sizeof none) == 0)
        return NULL;
    for (unsigned i = 0; i < writer->case_count; i++)
        if (memcmp(writer->cases[i].case_handle, case_handle, CASE_HANDLE_SIZE) == 0)
            return &writer->cases[i];
    if (writer->case_count == CASES_MAX)
        abort();
    struct case_end *end = &writer->cases[writer->case_count++];
    *end = (struct case_end){.index = -1};
    memcpy(end->case_handle, case_handle, CASE_HANDLE_SIZE);
    return end;
}

/* Runs one statement with up to two blobs and two numbers, in the order ?1 … ?4. */
static void put(struct writer *writer, const char *sql, int64_t number, struct view first,
                struct view second, int64_t other)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(writer->database, sql, -1, &statement, NULL) != SQLITE_OK)
        abort();
    sqlite3_bind_int64(statement, 1, number);
    sqlite3_bind_blob64(statement, 2, first.bytes, first.size, SQLITE_STATIC);
    sqlite3_bind_blob64(statement, 3, second.bytes, second.size, SQLITE_STATIC);
    if (other >= 0)
        sqlite3_bind_int64(statement, 4, other);
    if (sqlite3_step(statement) != SQLITE_DONE)
        abort();
    sqlite3_finalize(statement);
}

static void write_leaf(struct writer *writer, int64_t index, const uint8_t *bytes,
                       struct view payload)
{
    uint8_t leaf[HEADER_SIZE];
    uint8_t hash[SHA256_SIZE];
    const struct view parts[] = {view_of("", 1), view_of(leaf, sizeof leaf)};
    memcpy(leaf, bytes, sizeof leaf);
    struct case_end *end = find_case(writer, leaf + 42);
    if (end != NULL) {
        bytes_put_u64(leaf + NUMBER_AT, end->number + 1);
        memcpy(leaf + PREVIOUS_AT, end->hash, SHA256_SIZE);
    }
    sha256_of_parts(parts, 2, hash);
    struct view hash_view = view_of(hash, sizeof hash);
    put(writer,
        "INSERT INTO audit_log.leaf (idx, leaf, leaf_hash, previous_idx)"
        " VALUES (?1, ?2, ?3, ?4)",
        index, view_of(leaf, sizeof leaf), hash_view, end == NULL ? -1 : end->index);
    put(writer, "UPDATE audit_log.leaf SET payload = ?2 WHERE idx = ?1", index, payload,
        view_of(NULL, 0), -1);
    put(writer,
        "INSERT OR IGNORE INTO audit_log.run (first_idx, stream_id, first_seq, count)"
        " VALUES (?1, ?2, be(?3), 1)",
        index, view_of(leaf + 14, STREAM_ID_SIZE), view_of(leaf + 30, 8), -1);
    if (sim_frontier_add(&writer->frontier, hash))
        put(writer, "INSERT INTO audit_log.node (idx, hash) VALUES (?1, ?2)",
            index / SIM_TREE_TILE, view_of(writer->frontier.tile, SHA256_SIZE), view_of(NULL, 0),
            -1);
    if (end == NULL)
        return;
    end->number++;
    end->index = index;
    memcpy(end->hash, hash, sizeof hash);
}

static void write_rest(struct writer *writer, struct sim_witness *witness)
{
    uint8_t root[SHA256_SIZE];
    for (unsigned i = 0; i < writer->case_count; i++) {
        const struct case_end *end = &writer->cases[i];
        put(writer,
            "INSERT INTO audit_log.case_state (number, case_handle, leaf_hash, idx)"
            " VALUES (?1, ?2, ?3, ?4)",
            (int64_t)end->number, view_of(end->case_handle, CASE_HANDLE_SIZE),
            view_of(end->hash, SHA256_SIZE), end->index);
    }
    sim_frontier_root(&writer->frontier, root);
    put(writer, "UPDATE audit_log.tree SET size = ?1, root = ?2", (int64_t)writer->frontier.size,
        view_of(root, sizeof root), view_of(NULL, 0), -1);
    witness->published_count = 1;
    witness->published[0].size = writer->frontier.size;
    memcpy(witness->published[0].root, root, sizeof root);
}

void patient_write_log(struct patient *patient)
{
    struct writer *writer = calloc(1, sizeof *writer);
    sqlite3_stmt *rows = NULL;
    if (writer == NULL)
        abort();
    writer->database = patient->database;
    run(patient->database, "DELETE FROM audit_log.leaf;"
                           "DELETE FROM audit_log.run; DELETE FROM audit_log.node;"
                           "DELETE FROM audit_log.case_state");
    if (sqlite3_prepare_v2(patient->database, "SELECT leaf, payload FROM log ORDER BY place", -1,
                           &rows, NULL) != SQLITE_OK)
        abort();
    for (int64_t index = 0; sqlite3_step(rows) == SQLITE_ROW; index++)
        write_leaf(writer, index, sqlite3_column_blob(rows, 0),
                   view_of(sqlite3_column_blob(rows, 1), (size_t)sqlite3_column_bytes(rows, 1)));
    sqlite3_finalize(rows);
    write_rest(writer, &patient->witness);
    free(writer);
}
