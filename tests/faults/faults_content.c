/*
 * Counts that a fault must not change; what differs from life to life (ids, times, how often a
 * process started) is left out.
 */
#include "tests/faults/faults_content.h"

#include "common/base/cleanup.h"
#include "tests/simulation/sim_home.h"

#include <stdio.h>
#include <string.h>

struct question {
    const char *what;
    const char *sql; /* yields one text or number */
};

#define QUESTIONS_MAX 8u

/* Of every store. */
static const struct question common_questions[] = {
    {"damages", "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"},
    {"dead letters", "SELECT count(*) FROM dead_letter"},
    {"deaths", "SELECT count(*) FROM death"},
    {"keys", "SELECT count(*) FROM register_key"},
    {"events", "SELECT max(last) FROM segment"},
    {"streams", "SELECT count(*) FROM stream"},
    {NULL, NULL},
};

static const struct question questions[SIM_SERVICE_COUNT][QUESTIONS_MAX] = {
    [SIM_INTAKE] = {{"cases", "SELECT count(*) FROM case_record"},
                    {"facts", "SELECT group_concat(submission_id) FROM (SELECT submission_id FROM"
                              " facts_revision ORDER BY submission_id)"},
                    {"keys of cases", "SELECT count(wrapped_key) FROM case_record"}},
    [SIM_CLASSIFICATION] = {{"decisions", "SELECT count(*) FROM decision"},
                            {"dispositions", "SELECT group_concat(d) FROM (SELECT revision || ':'"
                                             " || disposition AS d FROM decision ORDER BY d)"}},
    [SIM_NOTIFICATION] = {{"notices", "SELECT group_concat(n) FROM (SELECT recipient || ':' ||"
                                      " revision || ':' || state AS n FROM notice ORDER BY n)"}},
    [SIM_AUDIT_LOG] = {{"leaves", "SELECT count(*) FROM leaf"},
                       {"tree", "SELECT size FROM tree"},
                       {"runs", "SELECT count(*) FROM (SELECT DISTINCT stream_id FROM run)"}},
};

static const struct question verdicts = {
    "outcomes", "SELECT group_concat(o) FROM (SELECT revision || ':' || outcome AS o FROM decision"
                " ORDER BY o)"};

static void add(char *text, size_t size, const char *service, const char *what, const char *value)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "%s: %s: %s\n", service, what, value);
}

static void ask(sqlite3 *database, const char *service, const struct question *question,
                char *text, size_t size)
{
    sqlite3_stmt *statement = NULL;
    const char *value = "";
    int code = sqlite3_prepare_v2(database, question->sql, -1, &statement, NULL);
    if (code != SQLITE_OK)
        value = sqlite3_errmsg(database);
    else if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) != NULL)
        value = (const char *)sqlite3_column_text(statement, 0);
    add(text, size, service, question->what, value);
    (void)sqlite3_finalize(statement);
}

static void read_tables(enum sim_service service, struct faults_content *content)
{
    sqlite3 *database = NULL;
    const char *name = sim_process_name(service);
    if (sqlite3_open_v2(sim_home_store(service), &database, SQLITE_OPEN_READWRITE, NULL) !=
        SQLITE_OK)
        add(content->text, sizeof content->text, name, "open", sqlite3_errmsg(database));
    for (size_t index = 0; common_questions[index].what != NULL; index++)
        ask(database, name, &common_questions[index], content->text, sizeof content->text);
    for (size_t index = 0; index < QUESTIONS_MAX && questions[service][index].what != NULL;
         index++)
        ask(database, name, &questions[service][index], content->text, sizeof content->text);
    if (service == SIM_CLASSIFICATION)
        ask(database, name, &verdicts, content->verdicts, sizeof content->verdicts);
    (void)sqlite3_close(database);
}

/* ---- the chain ---- */

static enum status walk(struct event_log *log, uint64_t *ret_events)
{
    uint64_t first = 0;
    uint8_t digest[SHA256_SIZE];
    struct event_log_row row;
    bool has_row = false;
    TRY(event_log_first(log, &first));
    TRY(event_log_read_start(log, first - 1, digest));
    TRY(event_log_read_next(log, &row, &has_row));
    while (has_row) {
        chain_next(digest, row.header_bytes);
        if (memcmp(digest, row.digest, SHA256_SIZE) != 0)
            return STATUS_STORE_CORRUPT;
        (*ret_events)++;
        TRY(event_log_read_next(log, &row, &has_row));
    }
    return STATUS_OK;
}

/* Opened as its service opens it: with everything that store_open checks. */
static void read_chain(struct faults_life *life, enum sim_service service)
{
    static struct event_log log;
    const struct service_spec *spec = sim_home_spec(service);
    const char *const shared[] = {event_log_migration, delivery_store_migration,
                                  register_migration};
    struct store_spec store_spec = {
        .application_id = spec->application_id,
        .shared = {.steps = shared, .count = 3},
        .own = spec->migrations,
    };
    CLEANUP(store_close) struct store store = {.database = NULL};
    struct diag diag = {.text = ""};
    uint64_t events = 0;
    memset(&log, 0, sizeof log);
    enum status status = store_open(&store, sim_home_store(service), &store_spec, &diag);
    if (status == STATUS_OK)
        status = event_log_open(&log, &store, &diag);
    if (status == STATUS_OK)
        status = walk(&log, &events);
    if (status != STATUS_OK || events == 0)
        faults_life_break(life, "%s: its chain: %s: %s", spec->name, status_name(status),
                          diag.text);
    event_log_close(&log);
}

void faults_content_read(struct faults_life *life, struct faults_content *ret_content)
{
    *ret_content = (struct faults_content){.text = ""};
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        read_chain(life, (enum sim_service)i);
        read_tables((enum sim_service)i, ret_content);
    }
}
