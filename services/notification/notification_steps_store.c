/*
 * The tables: how they came to be as they are, step by step.
 */
#include "services/notification/notification_store.h"

static const char step_1[] = "CREATE TABLE notice ("
                             "  id INTEGER PRIMARY KEY,"
                             "  case_handle BLOB NOT NULL CHECK (length(case_handle) = 16),"
                             "  revision INTEGER NOT NULL,"
                             "  recipient TEXT NOT NULL,"
                             "  kind INTEGER NOT NULL,"
                             "  state TEXT NOT NULL,"
                             "  at INTEGER NOT NULL,"
                             "  UNIQUE (case_handle, revision, recipient, kind)"
                             ") STRICT;";

/* Channels 1 Maildir, 2 SMTP. A notice of step 1 has no event and no office: it fails as what it
 * is, and an operator sees it. */
static const char step_2[] =
    "ALTER TABLE notice ADD COLUMN channel INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE notice ADD COLUMN role TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE notice ADD COLUMN rule TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE notice ADD COLUMN why TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE notice ADD COLUMN case_number TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE notice ADD COLUMN region TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE notice ADD COLUMN received INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE notice ADD COLUMN stream_id BLOB NOT NULL DEFAULT"
    "  x'00000000000000000000000000000000';"
    "ALTER TABLE notice ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE notice ADD COLUMN since INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE notice ADD COLUMN next_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE notice ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE notice ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE notice ADD COLUMN is_marked INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX notice_due ON notice (channel, next_at, id)"
    "  WHERE state = 'queued' AND is_marked = 0;"
    "CREATE INDEX notice_marked ON notice (channel, id) WHERE is_marked = 1;"
    "CREATE INDEX notice_state ON notice (state);"
    "CREATE TABLE decision_facts ("
    "  case_handle BLOB PRIMARY KEY CHECK (length(case_handle) = 16),"
    "  revision INTEGER NOT NULL,"
    "  outcome INTEGER NOT NULL,"
    "  disposition INTEGER NOT NULL,"
    "  actor INTEGER NOT NULL,"
    "  incident_date INTEGER NOT NULL,"
    "  received INTEGER NOT NULL,"
    "  case_number TEXT NOT NULL,"
    "  region TEXT NOT NULL,"
    "  conflicts TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE tables_loaded ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  digest BLOB NOT NULL CHECK (length(digest) = 32)"
    ") STRICT;";

/* is_told: the channel had it once, or may have, whatever became of it later. */
static const char step_3[] =
    "ALTER TABLE notice ADD COLUMN is_told INTEGER NOT NULL DEFAULT 0;"
    "UPDATE notice SET is_told = 1 WHERE state = 'handed_over';"
    "CREATE INDEX notice_region ON notice (region, id);"
    "ALTER TABLE decision_facts ADD COLUMN code TEXT NOT NULL DEFAULT '';";

/* What most notices are in the end is what is left of all: an index over every one of them would
 * cost each of them twice. Stores of two ages have the one index or the other. */
static const char step_4[] = "DROP INDEX IF EXISTS notice_state;"
                             "DROP INDEX IF EXISTS notice_rare;"
                             "CREATE INDEX notice_rare ON notice (state)"
                             "  WHERE state IN ('blocked', 'superseded', 'failed');";

const char *const notification_migration_steps[NOTIFICATION_MIGRATION_COUNT] = {step_1, step_2,
                                                                                step_3, step_4};
