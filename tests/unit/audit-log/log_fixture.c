/* A log in a folder of its own. */
#include "tests/unit/audit-log/log_fixture.h"

#include "common/base/cleanup.h"
#include "tests/support/test.h"

#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEAVES_MAX 4096u

/* ---- a folder ---- */

static int remove_one(const char *path, const struct stat *found, int kind, struct FTW *place)
{
    (void)found;
    (void)kind;
    (void)place;
    return remove(path);
}

int log_fixture_set_up(void **state)
{
    static struct log_fixture fixture;
    static const uint8_t seed[32] = {7};
    fixture = (struct log_fixture){.folder = "/tmp/netra-audit-XXXXXX"};
    if (sodium_init() < 0 || mkdtemp(fixture.folder) == NULL)
        return 1;
    (void)snprintf(fixture.store_path, sizeof(fixture.store_path), "%s/log.db", fixture.folder);
    (void)snprintf(fixture.checkpoint_path, sizeof(fixture.checkpoint_path), "%s/checkpoint",
                   fixture.folder);
    (void)crypto_sign_seed_keypair(fixture.sign_public, fixture.sign_secret, seed);
    *state = &fixture;
    return arena_open(&fixture.arena, 8u << 20) != STATUS_OK ||
           log_fixture_open(&fixture) != STATUS_OK;
}

int log_fixture_tear_down(void **state)
{
    struct log_fixture *fixture = *state;
    log_fixture_close(fixture);
    arena_close(&fixture->arena);
    return nftw(fixture->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

enum status log_fixture_open(struct log_fixture *fixture)
{
    const struct store_spec spec = {
        .application_id = AUDIT_LOG_APPLICATION_ID,
        .own = {.steps = audit_log_migration_steps, .count = AUDIT_LOG_MIGRATION_COUNT},
    };
    const struct audit_log_signer signer = {
        .origin = FIXTURE_ORIGIN,
        .sign_public = fixture->sign_public,
        .sign_secret = fixture->sign_secret,
    };
    diag_clear(&fixture->diag);
    TRY(store_open(&fixture->store, fixture->store_path, &spec, &fixture->diag));
    TRY(audit_log_store_open(&fixture->tables, &fixture->store));
    return audit_log_tree_open(&fixture->tree, &fixture->tables, &signer, &fixture->diag);
}

void log_fixture_close(struct log_fixture *fixture)
{
    store_rollback(&fixture->store);
    audit_log_store_close(&fixture->tables);
    store_close(&fixture->store);
}

void log_fixture_damage(struct log_fixture *fixture, const char *sql)
{
    sqlite3 *database = NULL;
    log_fixture_close(fixture);
    assert_int_equal(sqlite3_open(fixture->store_path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

/* ---- scripts ---- */

void log_fixture_stream_id(char letter, uint8_t stream_id[STREAM_ID_SIZE])
{
    memset(stream_id, letter, STREAM_ID_SIZE);
}

void log_fixture_header(const char *word, uint8_t header_bytes[HEADER_SIZE])
{
    struct event_header header = {.type = 32, .schema = 1};
    char *rest = NULL;
    log_fixture_stream_id(word[0], header.stream_id);
    header.seq = strtoull(word + 1, &rest, 10);
    header.commitment[0] = (uint8_t)word[0];
    header.commitment[1] = (uint8_t)header.seq;
    header.commitment[2] = *rest == '*';
    rest += *rest == '*';
    if (*rest == ':')
        memset(header.case_handle, rest[1], CASE_HANDLE_SIZE);
    header_encode(&header, header_bytes);
}

static enum status begin(struct log_fixture *fixture)
{
    return fixture->store.is_in_transaction ? STATUS_OK : store_begin(&fixture->store);
}

static enum status append(struct log_fixture *fixture, const char *word)
{
    uint8_t header_bytes[HEADER_SIZE];
    log_fixture_header(word, header_bytes);
    TRY(begin(fixture));
    return audit_log_tree_append(&fixture->tree, header_bytes, view_of_text(word), FIXTURE_UTC_S,
                                 &fixture->index, &fixture->diag);
}

static enum status append_own(struct log_fixture *fixture, bool is_recovery)
{
    char word[32];
    (void)snprintf(word, sizeof(word), "o%llu", (unsigned long long)++fixture->own_seq);
    TRY(append(fixture, word));
    if (!is_recovery)
        return STATUS_OK;
    fixture->was_recovered = true;
    return audit_log_store_put_recovery(&fixture->tables, fixture->index);
}

static enum status reopen(struct log_fixture *fixture)
{
    log_fixture_close(fixture);
    return log_fixture_open(fixture);
}

static enum status commit(struct log_fixture *fixture)
{
    TRY(begin(fixture));
    TRY(audit_log_tree_seal(&fixture->tree, &fixture->arena, &fixture->diag));
    TRY(store_commit(&fixture->store));
    audit_log_tree_committed(&fixture->tree);
    arena_reset(&fixture->arena);
    bool was_recovered = fixture->was_recovered;
    fixture->was_recovered = false;
    return was_recovered ? reopen(fixture) : STATUS_OK;
}

static void abandon(struct log_fixture *fixture)
{
    store_rollback(&fixture->store);
    audit_log_tree_abandoned(&fixture->tree);
}

static enum status step(struct log_fixture *fixture, const char *word)
{
    switch (word[0]) {
    case 'o':
    case 'R':
        return append_own(fixture, word[0] == 'R');
    case '<':
        TRY(begin(fixture));
        TRY(audit_log_tree_saved(&fixture->tree));
        return store_savepoint(&fixture->store);
    case '>':
        audit_log_tree_restored(&fixture->tree);
        return store_savepoint_rollback(&fixture->store);
    case '|':
        return commit(fixture);
    case '~':
        return reopen(fixture);
    case 'x':
        abandon(fixture);
        return STATUS_OK;
    default:
        return append(fixture, word);
    }
}

enum status log_fixture_run(struct log_fixture *fixture, const char *script)
{
    while (*script != '\0') {
        char word[32] = {0};
        size_t size = strcspn(script, " ");
        assert_true(size > 0 && size < sizeof(word));
        memcpy(word, script, size);
        TRY(step(fixture, word));
        script += size + strspn(script + size, " ");
    }
    return STATUS_OK;
}

void log_fixture_fill(struct log_fixture *fixture, uint64_t after, uint64_t count)
{
    for (uint64_t seq = after + 1; seq <= after + count; seq++) {
        char word[32];
        (void)snprintf(word, sizeof(word), "a%llu", (unsigned long long)seq);
        assert_int_equal(append(fixture, word), STATUS_OK);
    }
    assert_int_equal(commit(fixture), STATUS_OK);
}

/* ---- what must hold ---- */

struct leaves {
    uint8_t hashes[LEAVES_MAX * SHA256_SIZE];
    size_t count;
};

static enum status collect(void *self, const uint8_t *leaf, const uint8_t hash[SHA256_SIZE])
{
    struct leaves *leaves = self;
    assert_true(leaves->count < LEAVES_MAX);
    merkle_leaf_hash(view_of(leaf, HEADER_SIZE), leaves->hashes + leaves->count * SHA256_SIZE);
    assert_memory_equal(leaves->hashes + leaves->count * SHA256_SIZE, hash, SHA256_SIZE);
    leaves->count++;
    return STATUS_OK;
}

void log_fixture_assert_sound(struct log_fixture *fixture)
{
    static struct leaves leaves;
    const struct audit_log_signed *newest = &fixture->tree.committed.newest;
    struct note_checkpoint checkpoint;
    uint8_t root[SHA256_SIZE];
    uint64_t count = 0;
    leaves.count = 0;
    assert_int_equal(audit_log_store_count_leaves(&fixture->tables, &count), STATUS_OK);
    assert_int_equal(count, newest->size);
    assert_int_equal(
        audit_log_store_each_leaf(&fixture->tables, 0, newest->size, collect, &leaves), STATUS_OK);
    merkle_range_hash(leaves.hashes, leaves.count, root);
    assert_memory_equal(newest->root, root, SHA256_SIZE);
    assert_int_equal(fixture->tree.committed.frontier.size, newest->size);
    if (newest->size == 0)
        return;
    assert_int_equal(note_checkpoint_verify(view_of(newest->checkpoint, newest->checkpoint_size),
                                            &fixture->tree.key, &checkpoint),
                     STATUS_OK);
    assert_int_equal(checkpoint.size, newest->size);
    assert_memory_equal(checkpoint.root, root, SHA256_SIZE);
}
