/* The tree over the store. */
#include "services/audit-log/audit_log_tree.h"

#include "common/base/invariant.h"
#include "common/base/mutant.h"
#include "services/audit-log/audit_log_streams.h"

#include <inttypes.h>
#include <string.h>

static enum status corrupt(const char *what, struct diag *diag)
{
    diag_set(diag, "%s", what);
    return STATUS_STORE_CORRUPT;
}

/* Says what a reading that ended with STATUS_STORE_CORRUPT has found, unless that was said. */
static enum status explain(enum status status, struct diag *diag)
{
    if (status == STATUS_STORE_CORRUPT && diag != NULL && diag->text[0] == '\0')
        diag_set(diag, "a leaf or node is missing, or doesn't hash as stored");
    return status;
}

/* ---- carrying a tree on over what the store holds ---- */

struct carrier {
    struct audit_log_store *tables;
    struct merkle_frontier *frontier;
    struct audit_log_streams *streams; /* NULL: the leaves are known */
};

/* A stored leaf must still hash as stored, from the bytes that were read. The stored hash is one
 * library's, this one the other's: what they don't agree on doesn't reach the tree. */
static enum status carry_leaf(void *self, const uint8_t *leaf, const uint8_t hash[SHA256_SIZE])
{
    struct carrier *carrier = self;
    uint8_t again[SHA256_SIZE];
    uint8_t tile_hash[SHA256_SIZE];
    merkle_leaf_hash_second(view_of(leaf, HEADER_SIZE), again);
    if (memcmp(again, hash, SHA256_SIZE) != 0)
        return STATUS_STORE_CORRUPT;
    bool has_tile = merkle_append(carrier->frontier, hash, tile_hash);
    if (carrier->streams == NULL)
        return STATUS_OK;
    uint64_t size = carrier->frontier->size;
    if (has_tile)
        TRY(audit_log_store_put_node(carrier->tables, size / MERKLE_TILE_LEAVES - 1, tile_hash));
    return audit_log_streams_add(carrier->streams, size - 1, leaf);
}

static enum status carry_node(void *self, const uint8_t *leaf, const uint8_t hash[SHA256_SIZE])
{
    struct carrier *carrier = self;
    (void)leaf;
    merkle_append_tile(carrier->frontier, hash);
    return STATUS_OK;
}

/* The frontier of the first `size` leaves: whole tiles by their nodes, the rest leaf by leaf. */
static enum status make_frontier(struct audit_log_store *tables, uint64_t size,
                                 struct merkle_frontier *ret_frontier)
{
    struct carrier carrier = {.tables = tables, .frontier = ret_frontier};
    uint64_t tiles = size / MERKLE_TILE_LEAVES;
    *ret_frontier = (struct merkle_frontier){.size = 0};
    TRY(audit_log_store_each_node(tables, 0, tiles, carry_node, &carrier));
    return audit_log_store_each_leaf(tables, tiles * MERKLE_TILE_LEAVES, size, carry_leaf,
                                     &carrier);
}

/* ---- opening ---- */

static enum status check_counts(struct audit_log_tree *tree, struct diag *diag)
{
    uint64_t leaves = 0;
    uint64_t nodes = 0;
    uint64_t size = tree->committed.newest.size;
    TRY(audit_log_store_count_leaves(tree->tables, &leaves));
    TRY(audit_log_store_count_nodes(tree->tables, &nodes));
    if (leaves == size && nodes == size / MERKLE_TILE_LEAVES)
        return STATUS_OK;
    diag_set(diag,
             "the tree is of %" PRIu64 " leaves, the store has %" PRIu64 " and %" PRIu64 " nodes",
             size, leaves, nodes);
    return STATUS_STORE_CORRUPT;
}

static enum status check_checkpoint(const struct audit_log_tree *tree, struct diag *diag)
{
    const struct audit_log_signed *newest = &tree->committed.newest;
    struct note_checkpoint checkpoint;
    if (newest->size == 0 && newest->checkpoint_size == 0)
        return STATUS_OK;
    enum status status = note_checkpoint_verify(
        view_of(newest->checkpoint, newest->checkpoint_size), &tree->key, &checkpoint);
    if (status == STATUS_NOT_FOUND || status == STATUS_VERIFICATION_FAILED) {
        diag_set(diag,
                 "the store's checkpoint was signed with another key, or for another origin");
        return STATUS_KEY_FILE_INVALID;
    }
    if (status == STATUS_OK && checkpoint.size == newest->size &&
        memcmp(checkpoint.root, newest->root, SHA256_SIZE) == 0)
        return STATUS_OK;
    return corrupt("the store's checkpoint is not the tree's", diag);
}

/* The last tile once more from its leaves: the leaves that a lost page would take first. */
static enum status check_last_tile(struct audit_log_tree *tree, struct diag *diag)
{
    uint64_t tiles = tree->committed.newest.size / MERKLE_TILE_LEAVES;
    struct merkle_frontier whole = {.size = 0};
    struct merkle_frontier stored = {.size = 0};
    struct carrier by_leaf = {.tables = tree->tables, .frontier = &whole};
    struct carrier by_node = {.tables = tree->tables, .frontier = &stored};
    if (tiles == 0)
        return STATUS_OK;
    TRY(explain(audit_log_store_each_leaf(tree->tables, (tiles - 1) * MERKLE_TILE_LEAVES,
                                          tiles * MERKLE_TILE_LEAVES, carry_leaf, &by_leaf),
                diag));
    TRY(explain(audit_log_store_each_node(tree->tables, tiles - 1, tiles, carry_node, &by_node),
                diag));
    if (memcmp(whole.hashes[MERKLE_TILE_LEVEL], stored.hashes[MERKLE_TILE_LEVEL], SHA256_SIZE) ==
        0)
        return STATUS_OK;
    return corrupt("the last node is not the hash of its leaves", diag);
}

static enum status check_root(struct audit_log_tree *tree, struct diag *diag)
{
    struct audit_log_head *head = &tree->committed;
    uint8_t root[SHA256_SIZE];
    TRY(explain(make_frontier(tree->tables, head->newest.size, &head->frontier), diag));
    merkle_root(&head->frontier, root);
    if (memcmp(root, head->newest.root, SHA256_SIZE) != 0)
        return corrupt("the root is not that of the stored leaves", diag);
    return STATUS_OK;
}

enum status audit_log_tree_open(struct audit_log_tree *tree, struct audit_log_store *tables,
                                const struct audit_log_signer *signer, struct diag *diag)
{
    memset(tree, 0, sizeof *tree);
    tree->tables = tables;
    tree->cases.tables = tables;
    tree->sign_secret = signer->sign_secret;
    if (note_key_make(view_of_text(signer->origin), NOTE_KEY_ED25519, signer->sign_public,
                      &tree->key) != STATUS_OK) {
        diag_set(diag, "origin: expected a name without spaces, \"+\" and control characters");
        return STATUS_CONFIG_INVALID;
    }
    TRY(audit_log_store_get_tree(tables, &tree->committed.newest, &tree->recovery));
    TRY(check_counts(tree, diag));
    TRY(check_last_tile(tree, diag));
    TRY(check_root(tree, diag));
    return check_checkpoint(tree, diag);
}

/* ---- appending ---- */

static enum status keep_leaf(struct audit_log_tree *tree, const struct event_header *header,
                             const uint8_t header_bytes[HEADER_SIZE], struct view payload,
                             int64_t utc_s, uint64_t index, struct diag *diag)
{
    struct audit_log_case newest = {.number = 0};
    struct audit_log_leaf leaf;
    bool is_of_case = !view_is_zero(view_of(header->case_handle, CASE_HANDLE_SIZE));
    if (is_of_case)
        TRY(audit_log_cases_get(&tree->cases, header->case_handle, &newest));
    TRY(audit_log_make_leaf(header_bytes, &newest, utc_s, &leaf, diag));
    TRY(audit_log_store_put_leaf(tree->tables, index, &leaf,
                                 newest.number > 0 ? &newest.index : NULL, payload));
    if (!is_of_case)
        return STATUS_OK;
    newest.index = index;
    newest.number = leaf.number_in_case;
    if (newest.number == 1 || !MUTANT(case_link_to_first))
        memcpy(newest.leaf_hash, leaf.hash, SHA256_SIZE);
    return audit_log_cases_put(&tree->cases, header->case_handle, &newest);
}

/* The next leaf's index. */
static enum status find_end(struct audit_log_tree *tree)
{
    if (!tree->is_end_known)
        TRY(audit_log_store_count_leaves(tree->tables, &tree->end));
    tree->is_end_known = true;
    return STATUS_OK;
}

enum status audit_log_tree_append(struct audit_log_tree *tree,
                                  const uint8_t header_bytes[HEADER_SIZE], struct view payload,
                                  int64_t utc_s, uint64_t *ret_index, struct diag *diag)
{
    struct event_header header;
    TRY(header_decode(view_of(header_bytes, HEADER_SIZE), &header));
    if (header.seq > INT64_MAX) {
        diag_set(diag, "seq: expected below 2^63");
        return STATUS_OUT_OF_RANGE;
    }
    TRY(audit_log_streams_find(tree->tables, &tree->recovery, header_bytes, ret_index, diag));
    if (*ret_index != AUDIT_LOG_NOWHERE)
        return STATUS_OK;
    TRY(find_end(tree));
    *ret_index = tree->end;
    TRY(keep_leaf(tree, &header, header_bytes, payload, utc_s, tree->end, diag));
    tree->end++;
    return STATUS_OK;
}

/* ---- sealing ---- */

static enum status sign(struct audit_log_tree *tree, struct arena *arena)
{
    struct audit_log_signed *newest = &tree->pending.newest;
    struct view note;
    newest->size = tree->pending.frontier.size;
    merkle_root(&tree->pending.frontier, newest->root);
    TRY(note_checkpoint_sign(newest->size, newest->root, &tree->key, tree->sign_secret, arena,
                             &note));
    INVARIANT(note.size <= sizeof(newest->checkpoint)); /* a name has at most 255 bytes */
    memcpy(newest->checkpoint, note.bytes, note.size);
    newest->checkpoint_size = note.size;
    return STATUS_OK;
}

enum status audit_log_tree_seal(struct audit_log_tree *tree, struct arena *arena,
                                struct diag *diag)
{
    uint64_t before = tree->committed.newest.size;
    struct audit_log_streams streams = {
        .tables = tree->tables,
        .recovery = tree->recovery,
        .diag = diag,
    };
    struct carrier carrier = {
        .tables = tree->tables,
        .frontier = &tree->pending.frontier,
        .streams = &streams,
    };
    TRY(find_end(tree));
    if (tree->end == before)
        return STATUS_OK;
    TRY(audit_log_cases_write(&tree->cases));
    tree->pending.frontier = tree->committed.frontier;
    diag_clear(diag);
    TRY(explain(audit_log_store_each_leaf(tree->tables, before, tree->end, carry_leaf, &carrier),
                diag));
    TRY(audit_log_streams_end(&streams));
    TRY(sign(tree, arena));
    TRY(audit_log_store_put_tree(tree->tables, before, &tree->pending.newest));
    tree->is_pending = true;
    if (MUTANT(checkpoint_before_commit))
        tree->committed = tree->pending;
    return STATUS_OK;
}

enum status audit_log_tree_saved(struct audit_log_tree *tree)
{
    return audit_log_cases_write(&tree->cases);
}

void audit_log_tree_restored(struct audit_log_tree *tree)
{
    audit_log_cases_forget(&tree->cases);
    tree->is_end_known = false;
}

void audit_log_tree_committed(struct audit_log_tree *tree)
{
    if (tree->is_pending)
        tree->committed = tree->pending;
    tree->is_pending = false;
}

void audit_log_tree_abandoned(struct audit_log_tree *tree)
{
    tree->is_pending = false;
    audit_log_tree_restored(tree);
}

/* ---- reading ---- */

enum status audit_log_tree_root_at(struct audit_log_tree *tree, uint64_t size,
                                   uint8_t root[SHA256_SIZE])
{
    struct merkle_frontier frontier;
    INVARIANT(size <= tree->committed.newest.size);
    TRY(make_frontier(tree->tables, size, &frontier));
    merkle_root(&frontier, root);
    return STATUS_OK;
}

static enum status take_node(void *self, const uint8_t *leaf, const uint8_t hash[SHA256_SIZE])
{
    struct audit_log_page *page = self;
    (void)leaf;
    memcpy(page->node_hash, hash, SHA256_SIZE);
    page->has_node = true;
    return STATUS_OK;
}

enum status audit_log_tree_read(struct audit_log_tree *tree, uint64_t first, struct arena *arena,
                                struct audit_log_page *page)
{
    TRY(audit_log_store_read(tree->tables, first, tree->committed.newest.size, arena, page));
    uint64_t tile = first / MERKLE_TILE_LEAVES;
    if (page->count == 0 || first + page->count < (tile + 1) * MERKLE_TILE_LEAVES)
        return STATUS_OK;
    page->node_index = tile;
    return audit_log_store_each_node(tree->tables, tile, tile + 1, take_node, page);
}

enum status audit_log_tree_read_case(struct audit_log_tree *tree,
                                     const uint8_t case_handle[CASE_HANDLE_SIZE],
                                     struct audit_log_page *page)
{
    return audit_log_store_read_case(tree->tables, case_handle, tree->committed.newest.size, page);
}

enum status audit_log_tree_read_stream(struct audit_log_tree *tree,
                                       const uint8_t stream_id[STREAM_ID_SIZE], uint64_t after,
                                       struct arena *arena, struct audit_log_page *page)
{
    uint64_t size = tree->committed.newest.size;
    struct audit_log_run run;
    while (!page->is_full && after < INT64_MAX) {
        uint64_t seq = after + 1;
        enum status status = audit_log_store_run_after(tree->tables, stream_id, seq, &run);
        if (status == STATUS_NOT_FOUND)
            return STATUS_OK;
        TRY(status);
        uint64_t passed = seq > run.first_seq ? seq - run.first_seq : 0;
        uint64_t end = run.first_index + run.count;
        if (end > size)
            end = size; /* this transaction's leaves are nobody's yet */
        if (run.first_index + passed >= end)
            return STATUS_OK;
        TRY(audit_log_store_read(tree->tables, run.first_index + passed, end, arena, page));
        after = run.first_seq + run.count - 1;
    }
    return STATUS_OK;
}
