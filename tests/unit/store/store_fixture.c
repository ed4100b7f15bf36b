/*
 * The fixture of the store's tests. Plain C without cmocka's assertions: forked children use it
 * too.
 */
#include "tests/unit/store/store_fixture.h"

#include "common/base/cleanup.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const shared_steps[] = {
    "CREATE TABLE cursor (stream BLOB PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
};

static const char *const own_steps[] = {
    "CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB) STRICT;"
    "CREATE INDEX item_by_body ON item (body);",
};

struct store_spec fixture_spec(void)
{
    return (struct store_spec){
        .application_id = FIXTURE_APPLICATION_ID,
        .shared = {.steps = shared_steps, .count = 1},
        .own = {.steps = own_steps, .count = 1},
    };
}

bool fixture_open(struct fixture *fixture)
{
    *fixture = (struct fixture){.folder = "/tmp/netra-store-XXXXXX"};
    if (mkdtemp(fixture->folder) == NULL)
        return false;
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/store.db", fixture->folder);
    return true;
}

static int remove_one(const char *path, const struct stat *found, int kind, struct FTW *place)
{
    (void)found;
    (void)kind;
    (void)place;
    return remove(path);
}

void fixture_close(struct fixture *fixture)
{
    (void)nftw(fixture->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

enum status fixture_store_open(struct fixture *fixture, struct store *store)
{
    struct store_spec spec = fixture_spec();
    struct diag diag = {.text = ""};
    enum status status = store_open(store, fixture->path, &spec, &diag);
    if (status != STATUS_OK)
        (void)fprintf(stderr, "%s: %s\n", status_name(status), diag.text);
    return status;
}

enum status fixture_put(struct store *store, int64_t id, struct view body)
{
    CLEANUP(statement_close) struct statement put = {.handle = NULL};
    TRY(statement_open(&put, store, "INSERT INTO item (id, body) VALUES (?1, ?2)"));
    statement_bind_i64(&put, 1, id);
    statement_bind_blob(&put, 2, body);
    return statement_run(&put);
}

bool fixture_ask(struct store *store, const char *sql, char *text, size_t size)
{
    CLEANUP(statement_close) struct statement ask = {.handle = NULL};
    bool has_row = false;
    if (statement_open(&ask, store, sql) != STATUS_OK ||
        statement_step(&ask, &has_row) != STATUS_OK || !has_row)
        return false;
    struct view value = statement_text(&ask, 0);
    if (value.size >= size)
        return false;
    if (value.size > 0)
        memcpy(text, value.bytes, value.size);
    text[value.size] = '\0';
    return true;
}

int64_t fixture_count(struct store *store)
{
    char text[32];
    if (!fixture_ask(store, "SELECT count(*) FROM item", text, sizeof text))
        return -1;
    return strtoll(text, NULL, 10);
}

bool fixture_fill(struct fixture *fixture)
{
    CLEANUP(store_close) struct store store = {.database = NULL};
    if (fixture_store_open(fixture, &store) != STATUS_OK)
        return false;
    for (int64_t id = 1; id <= 40; id++) {
        if (fixture_put(&store, id, view_of_text("body")) != STATUS_OK)
            return false;
    }
    return store_checkpoint(&store, true) == STATUS_OK;
}

bool fixture_run_sql(const struct fixture *fixture, const char *sql)
{
    sqlite3 *database = NULL;
    bool is_done = sqlite3_open(fixture->path, &database) == SQLITE_OK &&
                   sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK;
    return sqlite3_close(database) == SQLITE_OK && is_done;
}

int64_t fixture_file_size(const struct fixture *fixture, const char *suffix)
{
    char path[PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s%s", fixture->path, suffix);
    struct stat found = {.st_size = 0};
    return stat(path, &found) == 0 ? (int64_t)found.st_size : -1;
}
