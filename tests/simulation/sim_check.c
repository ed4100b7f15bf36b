/*
 * The check's life: open, the rules, what they find, close.
 */
#include "tests/simulation/sim_check_parts.h"

#include "common/base/invariant.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- findings ---- */

void sim_check_find(struct sim_check *check, const char *rule, const char *format, ...)
{
    if (check->finding_count == SIM_CHECK_FINDINGS_MAX)
        return;
    struct sim_finding *finding = &check->findings[check->finding_count++];
    va_list arguments;
    finding->rule = rule;
    finding->part = check->part;
    va_start(arguments, format);
    (void)vsnprintf(finding->text, sizeof finding->text, format, arguments);
    va_end(arguments);
}

const char *sim_check_service(unsigned service)
{
    static const char *const names[SIM_SERVICE_COUNT] = {"intake", "classification",
                                                         "notification", "audit-log"};
    return names[service];
}

/* ---- SQL of our own ---- */

static void expect(struct sim_check *check, bool is_well, const char *sql)
{
    if (!is_well)
        fprintf(stderr, "sim_check: %s: %s\n", sqlite3_errmsg(check->database), sql);
    INVARIANT(is_well);
}

void sim_check_do(struct sim_check *check, const char *sql)
{
    if (check->is_again && strncmp(sql, "CREATE", 6) == 0)
        return;
    sqlite3_stmt *statement = sim_check_prepare(check, sql);
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW)
        code = sqlite3_step(statement);
    expect(check, code == SQLITE_DONE, sql);
    sim_check_finish(check, statement);
}

int sim_check_try_prepare(struct sim_check *check, const char *sql, sqlite3_stmt **ret_statement)
{
    *ret_statement = NULL;
    while (check->is_kept &&
           (*ret_statement = sqlite3_next_stmt(check->database, *ret_statement)) != NULL)
        if (strcmp(sqlite3_sql(*ret_statement), sql) == 0)
            return SQLITE_OK;
    return sqlite3_prepare_v2(check->database, sql, -1, ret_statement, NULL);
}

sqlite3_stmt *sim_check_prepare(struct sim_check *check, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    expect(check, sim_check_try_prepare(check, sql, &statement) == SQLITE_OK, sql);
    return statement;
}

void sim_check_finish(const struct sim_check *check, sqlite3_stmt *statement)
{
    if (!check->is_kept)
        sqlite3_finalize(statement);
    else if (statement != NULL)
        sqlite3_reset(statement);
}

void sim_check_step(struct sim_check *check, sqlite3_stmt *statement)
{
    expect(check, sqlite3_step(statement) == SQLITE_DONE, sqlite3_sql(statement));
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

/* ---- rules ---- */

struct rule_list {
    const struct sim_rule *rules;
    const unsigned *count;
};

static const struct rule_list lists[] = {
    {sim_promise_rules, &sim_promise_rule_count},
    {sim_case_rules, &sim_case_rule_count},
    {sim_log_rules, &sim_log_rule_count},
};

const struct sim_rule *sim_check_rule(unsigned index)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (index < *lists[i].count)
            return &lists[i].rules[index];
        index -= *lists[i].count;
    }
    return NULL;
}

const char *sim_check_rule_name(unsigned index)
{
    const struct sim_rule *rule = sim_check_rule(index);
    return rule == NULL ? NULL : rule->name;
}

/* At most SIM_CHECK_TEXTS_MAX sentences, then how many more there are. */
static void apply(struct sim_check *check, const struct sim_rule *rule)
{
    sqlite3_stmt *statement = sim_check_prepare(check, rule->query);
    unsigned count = 0;
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        if (count < SIM_CHECK_TEXTS_MAX)
            sim_check_find(check, rule->name, "%s", text == NULL ? "(no text)" : text);
        count++;
    }
    if (code != SQLITE_DONE)
        sim_check_find(check, "store_is_sound", "%s", sqlite3_errmsg(check->database));
    if (count > SIM_CHECK_TEXTS_MAX)
        sim_check_find(check, rule->name, "and %u more", count - SIM_CHECK_TEXTS_MAX);
    sim_check_finish(check, statement);
}

/* ---- the check ---- */

/* The connection that stays. */
static sqlite3 *kept;

static void connect(struct sim_check *check)
{
    const char *vfs = check->is_kept ? SIM_DISKS_BESIDE : NULL;
    INVARIANT(sqlite3_open_v2(":memory:", &check->database,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
                              vfs) == SQLITE_OK);
    /* Looking changes nothing: what lies in a WAL stays there. */
    INVARIANT(sqlite3_db_config(check->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) ==
              SQLITE_OK);
    sim_check_add_functions(check->database);
}

void sim_check_open(struct sim_check *check, const struct sim_check_input *input)
{
    *check = (struct sim_check){.moment = input->moment, .is_kept = input->is_kept};
    check->is_again = check->is_kept && kept != NULL;
    if (check->is_again)
        check->database = kept;
    else
        connect(check);
    check->is_loaded = sim_check_load(check, input);
    if (!check->is_loaded)
        return;
    sim_check_add_told(check, input);
    sim_check_add_tree(check);
    if (check->is_kept)
        kept = check->database;
}

void sim_check_close(struct sim_check *check)
{
    /* With all that it has prepared, where its stores could not be read. */
    INVARIANT(check->database == kept || sqlite3_close_v2(check->database) == SQLITE_OK);
    check->database = NULL;
}

unsigned sim_check_run(struct sim_check *check)
{
    const struct sim_rule *rule = NULL;
    for (check->part = 0; check->is_loaded && (rule = sim_check_rule(check->part)) != NULL;
         check->part++)
        if (rule->from == SIM_RULE_ALWAYS || check->moment == SIM_CHECK_AT_THE_END)
            apply(check, rule);
    return check->finding_count;
}
