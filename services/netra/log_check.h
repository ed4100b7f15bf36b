/*
 * A whole audit log recomputed, leaf by leaf, in order: everything that can be checked without a
 * case's key.
 *
 *   each leaf     its RFC 6962 hash against the stored one; its place in its case (number,
 *                 previous leaf); its place in its stream (the seq is the one before plus one);
 *                 its payload's form and, where it is in the clear, its commitment
 *   each tile     256 leaves' hash against the stored level-8 node
 *   each stream   the chain of digests, at the points that the services themselves named
 *   the tree      the roots at the sizes that signed checkpoints name
 *
 * Why: whoever runs this trusts nobody: not the stored hashes, not the service that hands them
 * out.
 * Owns: two mappings sized by the number of leaves. No I/O.
 * Limits: CHECK_STREAMS_MAX streams, CHECK_POINTS_MAX points, CHECK_ROOTS_MAX roots.
 */
#ifndef NETRA_NETRA_LOG_CHECK_H
#define NETRA_NETRA_LOG_CHECK_H

#include "common/base/arena.h"
#include "common/base/merkle.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"

#include <stdbool.h>
#include <stdint.h>

#define CHECK_STREAMS_MAX 1024u
#define CHECK_POINTS_MAX 32u
#define CHECK_ROOTS_MAX 4u
#define CHECK_TILES_KEPT 4u /* a page of leaves completes two at most */

/* Called for every difference: the leaves from `first` to `last`, and what is wrong there. */
typedef void (*check_differs)(void *self, uint64_t first, uint64_t last, const char *what);

/* A leaf as the log handed it out. */
struct check_leaf {
    uint64_t index;
    struct view leaf;
    struct view leaf_hash;
    struct view payload; /* empty: erased */
};

struct check_stream {
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
    uint8_t digest[SHA256_SIZE];
};

/* A point of a stream that somebody vouches for. */
struct check_point {
    struct check_stream point;
    const char *who; /* borrowed */
    bool is_met;
};

/* A root that somebody signed. */
struct check_root {
    uint64_t size;
    uint8_t root[SHA256_SIZE];
    const char *who; /* borrowed */
    bool is_met;
};

struct check_case {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint64_t number;                /* of its newest event; 0: the place is free */
    uint8_t leaf_hash[SHA256_SIZE]; /* of that event's leaf */
};

struct check_tile {
    uint64_t index;
    uint8_t hash[SHA256_SIZE];
    bool is_open; /* its stored node has not been seen yet */
};

struct log_check {
    struct merkle_frontier tree; /* its size is how many leaves were checked */
    struct check_stream *streams;
    unsigned stream_count;
    struct check_point points[CHECK_POINTS_MAX];
    unsigned point_count;
    struct check_root roots[CHECK_ROOTS_MAX];
    unsigned root_count;
    struct check_tile tiles[CHECK_TILES_KEPT];
    struct check_case *cases; /* open addressing by the handle's random half */
    uint64_t case_mask;
    struct arena tables;
    struct arena scratch; /* a payload opened */
    uint64_t erased;
    uint64_t difference_count;
    check_differs differs;
    void *self;
};

/* Makes room for a log of that many leaves. STATUS_SYSTEM_FAILED. */
enum status log_check_open(struct log_check *check, uint64_t leaves, check_differs differs,
                           void *self) MUST_USE;

void log_check_close(struct log_check *check);

/* Has the chain compared at that point when it is reached; a point that is not reached until
 * log_check_end is a difference. An empty or zero digest: only that it is reached. */
void log_check_expect_point(struct log_check *check, const struct check_stream *point,
                            const char *who);

/* Has the tree's root compared at that size. */
void log_check_expect_root(struct log_check *check, uint64_t size,
                           const uint8_t root[SHA256_SIZE], const char *who);

/* A recovered audit-log takes a stream from the middle: its operator's act vouches for the point
 * before. */
void log_check_begin_stream(struct log_check *check, const struct check_stream *before);

/* The next leaf. `ret_payload` is the payload where it could be opened, else empty; valid until
 * the next leaf. `ret_header` is its header. False: it is not a leaf at all, or not the next one;
 * nothing after it can be checked. */
bool log_check_leaf(struct log_check *check, const struct check_leaf *leaf,
                    struct event_header *ret_header, struct view *ret_payload);

/* A stored level-8 node, after the leaves under it. */
void log_check_node(struct log_check *check, uint64_t index, struct view hash);

/* The end: what was expected and did not come. */
void log_check_end(struct log_check *check);

#endif
