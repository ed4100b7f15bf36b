/* A log recomputed: a whole one passes, and every change is named where it is. */
#include "tests/support/test.h"

#include "common/base/bytes.h"
#include "common/wire/seal.h"
#include "services/audit-log/audit_log.h"
#include "services/netra/log_check.h"

#include <sodium.h>
#include <string.h>

#define LEAVES 600u /* two whole tiles and a part */
#define PAYLOAD_BYTES (SEAL_CLEAR_OVERHEAD + 8u)
#define NOWHERE UINT64_MAX

/* Every third leaf is of stream 1, the others of stream 0; every fifth is of no case, the others
 * of one of seven. */
struct fake_log {
    uint8_t leaves[LEAVES][HEADER_SIZE];
    uint8_t hashes[LEAVES][SHA256_SIZE];
    uint8_t payloads[LEAVES][PAYLOAD_BYTES]; /* of leaves of no case, in the clear */
    uint8_t nodes[LEAVES / MERKLE_TILE_LEAVES][SHA256_SIZE];
    struct check_stream ends[2];
    uint8_t root[SHA256_SIZE];
    uint8_t root_of_300[SHA256_SIZE];
    size_t node_count;
};

static struct fake_log whole;
static struct fake_log changed;
static struct arena arena;

static void make_header(unsigned index, struct check_stream *stream, struct event_header *header)
{
    uint8_t r[COMMITMENT_SALT_SIZE] = {(uint8_t)index};
    uint8_t payload[8];
    struct view sealed;

    memcpy(header->stream_id, stream->stream_id, STREAM_ID_SIZE);
    header->seq = ++stream->seq;
    header->type = 32;
    header->schema = 1;
    bytes_put_u64(payload, index);
    seal_commit(r, view_of(payload, sizeof payload), header->commitment);
    if (index % 5 != 0) {
        memset(header->case_handle, (int)(index % 7) + 1, CASE_HANDLE_SIZE);
        return;
    }
    arena_reset(&arena);
    assert_int_equal(seal_clear(&arena, r, view_of(payload, sizeof payload), &sealed), STATUS_OK);
    assert_int_equal(sealed.size, PAYLOAD_BYTES);
    memcpy(whole.payloads[index], sealed.bytes, PAYLOAD_BYTES);
}

static int make_log(void **state)
{
    static struct audit_log_case cases[7];
    static struct merkle_frontier tree;

    (void)state;
    if (sodium_init() < 0 || arena_open(&arena, 65536) != STATUS_OK)
        return -1;
    for (unsigned i = 0; i < 2; i++) {
        memset(whole.ends[i].stream_id, (int)i + 100, STREAM_ID_SIZE);
        chain_start(whole.ends[i].stream_id, whole.ends[i].digest);
    }
    for (unsigned i = 0; i < LEAVES; i++) {
        struct check_stream *stream = &whole.ends[i % 3 == 1 ? 1 : 0];
        struct event_header header = {.seq = 0};
        uint8_t bytes[HEADER_SIZE];
        struct audit_log_leaf leaf;

        make_header(i, stream, &header);
        header_encode(&header, bytes);
        chain_next(stream->digest, bytes);
        if (audit_log_make_leaf(bytes, &cases[i % 7], 1700000000, &leaf, NULL) != STATUS_OK)
            return -1;
        if (leaf.number_in_case > 0) {
            cases[i % 7].number = leaf.number_in_case;
            memcpy(cases[i % 7].leaf_hash, leaf.hash, SHA256_SIZE);
        }
        memcpy(whole.leaves[i], leaf.bytes, HEADER_SIZE);
        memcpy(whole.hashes[i], leaf.hash, SHA256_SIZE);
        if (merkle_append(&tree, leaf.hash, whole.nodes[whole.node_count]))
            whole.node_count++;
        if (tree.size == 300)
            merkle_root(&tree, whole.root_of_300);
    }
    merkle_root(&tree, whole.root);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

/* ---- changes ---- */

static void change_nothing(void)
{
}

static void change_leaf(void)
{
    changed.leaves[17][120] ^= 1; /* its commitment */
}

static void change_leaf_and_hash(void)
{
    change_leaf();
    merkle_leaf_hash(view_of(changed.leaves[17], HEADER_SIZE), changed.hashes[17]);
}

static void change_hash(void)
{
    changed.hashes[18][0] ^= 1;
}

static void change_node(void)
{
    changed.nodes[1][0] ^= 1;
}

static void change_seq(void)
{
    changed.leaves[401][37] ^= 1;
}

/* With the hash that fits, so that nothing but the byte itself is wrong there. */
static void change_byte_of_401(unsigned offset)
{
    changed.leaves[401][offset] ^= 1;
    merkle_leaf_hash(view_of(changed.leaves[401], HEADER_SIZE), changed.hashes[401]);
}

static void change_number(void)
{
    change_byte_of_401(65);
}

static void change_time(void)
{
    change_byte_of_401(73);
}

static void change_previous(void)
{
    change_byte_of_401(90);
}

static void change_payload(void)
{
    changed.payloads[35][PAYLOAD_BYTES - 1] ^= 1;
}

static void change_root(void)
{
    changed.root[0] ^= 1;
}

static void change_old_root(void)
{
    changed.root_of_300[0] ^= 1;
}

static void change_point(void)
{
    changed.ends[1].digest[0] ^= 1;
}

static void claim_more(void)
{
    changed.ends[1].seq++;
}

static void swap_leaves(void)
{
    uint8_t leaf[HEADER_SIZE];

    memcpy(leaf, changed.leaves[45], HEADER_SIZE);
    memcpy(changed.leaves[45], changed.leaves[50], HEADER_SIZE);
    memcpy(changed.leaves[50], leaf, HEADER_SIZE);
}

static void break_prefix(void)
{
    changed.leaves[17][0] ^= 1;
}

struct change_case {
    const char *name;
    void (*change)(void);
    uint64_t want_first; /* the first difference told */
    uint64_t want_last;
};

static struct change_case change_cases[] = {
    {"a whole log has no difference", change_nothing, NOWHERE, NOWHERE},
    {"a changed leaf is named", change_leaf, 17, 17},
    {"a leaf changed with its hash is told by the next leaf of its case", change_leaf_and_hash, 24,
     24},
    {"a changed leaf hash is named", change_hash, 18, 18},
    {"a changed node names its tile's leaves", change_node, 256, 511},
    {"a gap in a stream is named", change_seq, 401, 401},
    {"another number within the case is named", change_number, 401, 401},
    {"another leaf before it in its case is named", change_previous, 401, 401},
    {"a time that is no whole minute is named", change_time, 401, 401},
    {"a changed payload is named", change_payload, 35, 35},
    {"another root than the signed one names all leaves", change_root, 0, LEAVES - 1},
    {"another root than an older signed one names its leaves", change_old_root, 0, 299},
    {"another digest than a service's names the leaves up to it", change_point, 0, 598},
    {"a service that says more was acknowledged is told at the end", claim_more, LEAVES - 1,
     LEAVES - 1},
    {"leaves in another order are named", swap_leaves, 45, 45},
    {"what is no leaf is named", break_prefix, 17, 17},
};

struct told {
    uint64_t first;
    uint64_t last;
    unsigned count;
};

static void take_difference(void *self, uint64_t first, uint64_t last, const char *what)
{
    struct told *told = self;

    assert_true(what[0] != '\0');
    if (told->count++ > 0)
        return;
    told->first = first;
    told->last = last;
}

static void run_check(struct log_check *check)
{
    size_t nodes = 0;

    for (unsigned i = 0; i < LEAVES; i++) {
        const struct check_leaf leaf = {
            .index = i,
            .leaf = view_of(changed.leaves[i], HEADER_SIZE),
            .leaf_hash = view_of(changed.hashes[i], SHA256_SIZE),
            .payload = view_of(changed.payloads[i], i % 5 == 0 ? PAYLOAD_BYTES : 0),
        };
        struct event_header header;
        struct view payload;

        if (!log_check_leaf(check, &leaf, &header, &payload))
            break;
        if ((i + 1) % MERKLE_TILE_LEAVES == 0) {
            log_check_node(check, nodes, view_of(changed.nodes[nodes], SHA256_SIZE));
            nodes++;
        }
    }
    log_check_end(check);
}

static void test_change(void **state)
{
    const struct change_case *row = *state;
    static struct log_check check;
    struct told told = {.first = NOWHERE, .last = NOWHERE};

    changed = whole;
    row->change();
    assert_int_equal(log_check_open(&check, LEAVES, take_difference, &told), STATUS_OK);
    for (unsigned i = 0; i < 2; i++)
        log_check_expect_point(&check, &changed.ends[i], "a service");
    log_check_expect_root(&check, 300, changed.root_of_300, "an older checkpoint");
    log_check_expect_root(&check, LEAVES, changed.root, "the checkpoint");
    run_check(&check);
    assert_int_equal(told.first, row->want_first);
    assert_int_equal(told.last, row->want_last);
    assert_int_equal(check.difference_count, told.count);
    log_check_close(&check);
}

static void test_log_check__recovered_stream__begins_where_the_act_says(void **state)
{
    static struct log_check check;
    struct told told = {.first = NOWHERE};
    struct check_stream before = {.seq = 0};
    struct event_header header;
    struct view payload;
    struct check_leaf leaf = {.index = 0,
                              .leaf = view_of(whole.leaves[3], HEADER_SIZE),
                              .leaf_hash = view_of(whole.hashes[3], SHA256_SIZE)};

    (void)state;
    assert_int_equal(header_decode(leaf.leaf, &header), STATUS_OK);
    before.seq = header.seq - 1;
    memcpy(before.stream_id, header.stream_id, STREAM_ID_SIZE);
    assert_int_equal(log_check_open(&check, 1, take_difference, &told), STATUS_OK);
    log_check_begin_stream(&check, &before);
    assert_true(log_check_leaf(&check, &leaf, &header, &payload));
    assert_int_equal(told.count, 0);
    log_check_close(&check);
}

static void test_log_check__smaller_than_a_checkpoint__is_a_difference(void **state)
{
    static struct log_check check;
    struct told told = {.first = NOWHERE};

    (void)state;
    assert_int_equal(log_check_open(&check, 0, take_difference, &told), STATUS_OK);
    log_check_expect_root(&check, 300, whole.root_of_300, "an older checkpoint");
    log_check_end(&check);
    assert_int_equal(told.count, 1);
    log_check_close(&check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_check__recovered_stream__begins_where_the_act_says),
        cmocka_unit_test(test_log_check__smaller_than_a_checkpoint__is_a_difference),
    };
    TEST_TABLE(changes, change_cases, test_change)

    int failed = 0;

    if (make_log(NULL) != 0)
        return 1;
    failed = cmocka_run_group_tests_name("changes to a log", changes, NULL, NULL) +
             cmocka_run_group_tests_name("log check", tests, NULL, NULL);
    return failed + close_arena(NULL);
}
