/*
 * A folder of its own for each store under test, and a small store to open in it.
 */
#ifndef NETRA_TESTS_UNIT_STORE_STORE_FIXTURE_H
#define NETRA_TESTS_UNIT_STORE_STORE_FIXTURE_H

#include "common/store/store.h"

#include <limits.h>

#define FIXTURE_APPLICATION_ID 0x4e455452u

struct fixture {
    char folder[64];
    char path[PATH_MAX]; /* of the store; nothing is there yet */
};

/* The spec of a store with one shared table and one own table `item(id, body)`. */
struct store_spec fixture_spec(void);

/* Makes the folder. False when it can't. */
bool fixture_open(struct fixture *fixture);

/* Removes the folder with all that is in it. */
void fixture_close(struct fixture *fixture);

/* Opens the fixture's store with fixture_spec. */
enum status fixture_store_open(struct fixture *fixture, struct store *store) MUST_USE;

/* Inserts one item, outside or inside a transaction. */
enum status fixture_put(struct store *store, int64_t id, struct view body) MUST_USE;

/* How many items there are; -1 when they can't be counted. */
int64_t fixture_count(struct store *store);

/* The integer or text that `sql` yields first, as text. False when it fails or yields none. */
bool fixture_ask(struct store *store, const char *sql, char *text, size_t size);

/* Makes a store of 40 items with nothing in its WAL, and closes it. */
bool fixture_fill(struct fixture *fixture);

/* Runs SQL on the stopped store through a plain connection, as an operator's tool would. */
bool fixture_run_sql(const struct fixture *fixture, const char *sql);

/* The size of the file `<path><suffix>`; -1 when there is none. */
int64_t fixture_file_size(const struct fixture *fixture, const char *suffix);

#endif
