/*
 * The Merkle tree (RFC 6962, 2.1) over the leaves as they are, anew: the roots of the sizes that
 * somebody named, and the hash of each 256 leaves.
 */
#include "tests/simulation/sim_check_parts.h"

#include "common/base/invariant.h"

#include <string.h>

static void node_hash(const uint8_t *left, const uint8_t *right, uint8_t to[SHA256_SIZE])
{
    static const uint8_t prefix[] = {1};
    const struct view parts[] = {view_of(prefix, 1), view_of(left, SHA256_SIZE),
                                 view_of(right, SHA256_SIZE)};
    uint8_t digest[SHA256_SIZE];
    sha256_of_parts(parts, 3, digest);
    memcpy(to, digest, SHA256_SIZE);
}

bool sim_frontier_add(struct sim_frontier *frontier, const uint8_t *hash)
{
    bool is_tile = false;
    INVARIANT(frontier->count < SIM_TREE_DEPTH_MAX);
    frontier->rows[frontier->count].size = 1;
    memcpy(frontier->rows[frontier->count++].hash, hash, SHA256_SIZE);
    frontier->size++;
    while (frontier->count > 1) {
        struct sim_subtree *left = &frontier->rows[frontier->count - 2];
        const struct sim_subtree *right = &frontier->rows[frontier->count - 1];
        if (left->size != right->size)
            break;
        node_hash(left->hash, right->hash, left->hash);
        left->size *= 2;
        frontier->count--;
        if (left->size == SIM_TREE_TILE) {
            memcpy(frontier->tile, left->hash, SHA256_SIZE);
            is_tile = true;
        }
    }
    return is_tile;
}

void sim_frontier_root(const struct sim_frontier *frontier, uint8_t root[SHA256_SIZE])
{
    unsigned at = frontier->count;
    if (at == 0) {
        sha256_of(view_of(NULL, 0), root);
        return;
    }
    memcpy(root, frontier->rows[--at].hash, SHA256_SIZE);
    while (at > 0)
        node_hash(frontier->rows[--at].hash, root, root);
}

static void put(struct sim_check *check, sqlite3_stmt *statement, uint64_t number,
                const uint8_t *hash)
{
    sqlite3_bind_int64(statement, 1, (int64_t)number);
    sqlite3_bind_blob(statement, 2, hash, (int)SHA256_SIZE, SQLITE_TRANSIENT);
    sim_check_step(check, statement);
}

static void put_root_if_wanted(struct sim_check *check, sqlite3_stmt *wanted, sqlite3_stmt *root,
                               const struct sim_frontier *frontier)
{
    uint8_t hash[SHA256_SIZE];
    sqlite3_bind_int64(wanted, 1, (int64_t)frontier->size);
    bool is_wanted = sqlite3_step(wanted) == SQLITE_ROW;
    sqlite3_reset(wanted);
    if (!is_wanted)
        return;
    sim_frontier_root(frontier, hash);
    put(check, root, frontier->size, hash);
}

void sim_check_add_tree(struct sim_check *check)
{
    struct sim_frontier frontier = {.count = 0};
    sim_check_do(check, "CREATE INDEX published_size ON published (size)");
    sqlite3_stmt *leaves = sim_check_prepare(check, "SELECT hash FROM leaf ORDER BY idx");
    sqlite3_stmt *tile = sim_check_prepare(check, "INSERT INTO tile VALUES (?, ?)");
    sqlite3_stmt *root = sim_check_prepare(check, "INSERT INTO root VALUES (?, ?)");
    sqlite3_stmt *wanted =
        sim_check_prepare(check, "SELECT 1 FROM published WHERE size = ?1 UNION ALL"
                                 " SELECT 1 WHERE ?1 = (SELECT count(*) FROM leaf)");
    put_root_if_wanted(check, wanted, root, &frontier);
    while (sqlite3_step(leaves) == SQLITE_ROW) {
        if (sim_frontier_add(&frontier, sqlite3_column_blob(leaves, 0)))
            put(check, tile, frontier.size / SIM_TREE_TILE - 1, frontier.tile);
        put_root_if_wanted(check, wanted, root, &frontier);
    }
    sim_check_finish(check, leaves);
    sim_check_finish(check, tile);
    sim_check_finish(check, root);
    sim_check_finish(check, wanted);
}
