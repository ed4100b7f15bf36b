/*
 * What clients were told and the witness noted, as the checker's tables.
 */
#include "tests/simulation/sim_check_parts.h"

#include "common/base/bytes.h"

#include <stdio.h>
#include <string.h>

#define UUID_TEXT_SIZE 37u

static void bind_bytes(sqlite3_stmt *statement, int index, const void *bytes, size_t size)
{
    sqlite3_bind_blob64(statement, index, bytes, size, SQLITE_TRANSIENT);
}

/* As it travels: 8-4-4-4-12 hex digits. */
static void uuid_to_text(const uint8_t id[16], char text[UUID_TEXT_SIZE])
{
    char hex[33];
    bytes_to_hex(view_of(id, 16), hex);
    (void)snprintf(text, UUID_TEXT_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
                   hex + 16, hex + 20);
}

static void add_submissions(struct sim_check *check, const struct sim_ledger *ledger)
{
    sqlite3_stmt *statement =
        sim_check_prepare(check, "INSERT INTO sent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (unsigned i = 0; i < ledger->submission_count; i++) {
        const struct sim_submission *row = &ledger->submissions[i];
        char id[UUID_TEXT_SIZE];
        uuid_to_text(row->id, id);
        sqlite3_bind_int64(statement, 1, i);
        sqlite3_bind_text(statement, 2, id, -1, SQLITE_TRANSIENT);
        if (row->is_receipted)
            bind_bytes(statement, 3, row->receipt, row->receipt_size);
        sqlite3_bind_int(statement, 4, row->is_refused);
        bind_bytes(statement, 5, row->stream_id, STREAM_ID_SIZE);
        sqlite3_bind_int64(statement, 6, (int64_t)row->seq);
        sqlite3_bind_text(statement, 7, sim_process_name(SIM_NODE_FIRST + row->node), -1,
                          SQLITE_STATIC);
        sqlite3_bind_text(statement, 8, status_name(row->refused), -1, SQLITE_STATIC);
        sqlite3_bind_int(statement, 9, row->is_undone);
        sim_check_step(check, statement);
    }
    sim_check_finish(check, statement);
}

static void add_acts(struct sim_check *check, const struct sim_ledger *ledger)
{
    sqlite3_stmt *statement =
        sim_check_prepare(check, "INSERT INTO act VALUES (?, ?, ?, ?, ?, ?, ?)");
    for (unsigned i = 0; i < ledger->act_count; i++) {
        const struct sim_act *row = &ledger->acts[i];
        sqlite3_bind_int64(statement, 1, i);
        sqlite3_bind_text(statement, 2, sim_check_service(row->service), -1, SQLITE_STATIC);
        sqlite3_bind_int(statement, 3, row->type);
        bind_bytes(statement, 4, row->signature, SIGNATURE_SIZE);
        sqlite3_bind_int(statement, 5, row->is_done && !row->is_undone);
        bind_bytes(statement, 6, row->stream_id, STREAM_ID_SIZE);
        sqlite3_bind_int64(statement, 7, (int64_t)row->seq);
        sim_check_step(check, statement);
    }
    sim_check_finish(check, statement);
}

static void add_published(struct sim_check *check, const struct sim_witness *witness)
{
    sqlite3_stmt *statement =
        sim_check_prepare(check, "INSERT INTO published VALUES (?, ?, ?, ?, ?)");
    for (unsigned i = 0; i < witness->published_count; i++) {
        const struct sim_published *row = &witness->published[i];
        sqlite3_bind_int64(statement, 1, i);
        sqlite3_bind_int64(statement, 2, (int64_t)row->size);
        bind_bytes(statement, 3, row->root, SHA256_SIZE);
        sqlite3_bind_int(statement, 4, i < witness->trusted_from);
        sqlite3_bind_int(statement, 5, row->is_again);
        sim_check_step(check, statement);
    }
    sim_check_finish(check, statement);
}

static void add_history(struct sim_check *check, const struct sim_witness *witness)
{
    sqlite3_stmt *statement =
        sim_check_prepare(check, "INSERT INTO history VALUES (?, ?, ?, ?, ?)");
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        sqlite3_bind_text(statement, 1, sim_check_service(i), -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 2, witness->restored[i]);
        sqlite3_bind_int64(statement, 3, witness->forks_seen[i]);
        sqlite3_bind_int64(statement, 4, witness->recovered[i]);
        sqlite3_bind_int(statement, 5, witness->is_not_clean[i]);
        sim_check_step(check, statement);
    }
    sim_check_finish(check, statement);
}

static void add_poison(struct sim_check *check, const struct sim_witness *witness)
{
    sqlite3_stmt *statement = sim_check_prepare(check, "INSERT INTO poison VALUES (?, ?, ?)");
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        for (unsigned n = 0; n < SIM_SUBMISSIONS_MAX; n++) {
            if (!witness->poison[i][n].is_planned)
                continue;
            sqlite3_bind_text(statement, 1, sim_check_service(i), -1, SQLITE_STATIC);
            sqlite3_bind_int64(statement, 2, n);
            sqlite3_bind_int64(statement, 3, witness->poison[i][n].deaths);
            sim_check_step(check, statement);
        }
    sim_check_finish(check, statement);
}

static void add_alone(struct sim_check *check, const struct sim_witness *witness)
{
    sqlite3_stmt *statement = sim_check_prepare(check, "INSERT INTO alone VALUES (?, ?, ?, ?)");
    for (unsigned i = 0; i < witness->alone_count; i++) {
        const struct sim_alone *row = &witness->alone[i];
        sqlite3_bind_text(statement, 1, sim_check_service(row->service), -1, SQLITE_STATIC);
        bind_bytes(statement, 2, row->stream_id, STREAM_ID_SIZE);
        sqlite3_bind_int64(statement, 3, (int64_t)row->seq);
        sqlite3_bind_int64(statement, 4, row->deaths);
        sim_check_step(check, statement);
    }
    sim_check_finish(check, statement);
}

void sim_check_add_told(struct sim_check *check, const struct sim_check_input *input)
{
    sqlite3_stmt *statement = sim_check_prepare(check, "INSERT INTO wanted VALUES (?, ?)");
    sqlite3_bind_int64(statement, 1, (int64_t)input->retained_events_min);
    sqlite3_bind_int(statement, 2, (int)input->moment);
    sim_check_step(check, statement);
    sim_check_finish(check, statement);
    add_submissions(check, input->ledger);
    add_acts(check, input->ledger);
    add_published(check, input->witness);
    add_history(check, input->witness);
    add_poison(check, input->witness);
    add_alone(check, input->witness);
}
