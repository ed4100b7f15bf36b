/*
 * Differences are told and the check goes on from what the log says, so that one wrong leaf is
 * told once and not with every leaf behind it.
 */
#include "services/netra/log_check.h"

#include "common/base/bytes.h"
#include "common/base/invariant.h"
#include "common/wire/limits.h"
#include "common/wire/seal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WHAT_BYTES 300u
#define MINUTE_S 60u

__attribute__((format(printf, 4, 5))) static void tell(struct log_check *check, uint64_t first,
                                                       uint64_t last, const char *format, ...)
{
    char what[WHAT_BYTES];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    check->difference_count++;
    check->differs(check->self, first, last, what);
}

/* ---- roots ---- */

/* Whatever is signed for the size that was just reached. */
static void compare_roots(struct log_check *check)
{
    for (unsigned i = 0; i < check->root_count; i++) {
        struct check_root *expected = &check->roots[i];
        uint8_t root[SHA256_SIZE];

        if (expected->is_met || expected->size != check->tree.size)
            continue;
        expected->is_met = true;
        merkle_root(&check->tree, root);
        if (memcmp(root, expected->root, SHA256_SIZE) != 0)
            tell(check, 0, expected->size == 0 ? 0 : expected->size - 1,
                 "the root of these leaves is not the one of %s", expected->who);
    }
}

void log_check_expect_root(struct log_check *check, uint64_t size, const uint8_t root[SHA256_SIZE],
                           const char *who)
{
    INVARIANT(check->root_count < CHECK_ROOTS_MAX);
    struct check_root *expected = &check->roots[check->root_count++];

    *expected = (struct check_root){.size = size, .who = who};
    memcpy(expected->root, root, SHA256_SIZE);
    compare_roots(check);
}

enum status log_check_open(struct log_check *check, uint64_t leaves, check_differs differs,
                           void *self)
{
    uint64_t places = 1024;
    size_t size = 0;

    *check = (struct log_check){.differs = differs, .self = self};
    /* Every leaf may be of another case, and a search must always meet a free place. */
    while (places <= leaves + leaves / 4) {
        if (__builtin_mul_overflow(places, 2u, &places))
            return STATUS_SYSTEM_FAILED;
    }
    if (__builtin_mul_overflow(places, sizeof(struct check_case), &size) ||
        __builtin_add_overflow(size, CHECK_STREAMS_MAX * sizeof(struct check_stream) + 64u, &size))
        return STATUS_SYSTEM_FAILED;
    TRY(arena_open(&check->tables, size));
    const enum status status = arena_open(&check->scratch, 2u * LIMIT_EVENT_PAYLOAD_BYTES);

    if (status != STATUS_OK) {
        arena_close(&check->tables);
        return status;
    }
    check->streams = arena_take(&check->tables, CHECK_STREAMS_MAX * sizeof(struct check_stream));
    check->cases = arena_take(&check->tables, places * sizeof(struct check_case));
    check->case_mask = places - 1;
    return STATUS_OK;
}

void log_check_close(struct log_check *check)
{
    arena_close(&check->scratch);
    arena_close(&check->tables);
}

/* ---- streams ---- */

static struct check_stream *find_stream(struct log_check *check, const uint8_t *stream_id)
{
    for (unsigned i = 0; i < check->stream_count; i++) {
        if (memcmp(check->streams[i].stream_id, stream_id, STREAM_ID_SIZE) == 0)
            return &check->streams[i];
    }
    return NULL;
}

static struct check_stream *add_stream(struct log_check *check, const uint8_t *stream_id)
{
    if (check->stream_count == CHECK_STREAMS_MAX)
        return NULL;
    struct check_stream *stream = &check->streams[check->stream_count++];

    memcpy(stream->stream_id, stream_id, STREAM_ID_SIZE);
    stream->seq = 0;
    chain_start(stream_id, stream->digest);
    return stream;
}

void log_check_begin_stream(struct log_check *check, const struct check_stream *before)
{
    struct check_stream *stream = find_stream(check, before->stream_id);

    if (stream == NULL)
        stream = add_stream(check, before->stream_id);
    /* Never back: what comes again from before the log's end is not appended again. */
    if (stream != NULL && before->seq > stream->seq)
        *stream = *before;
}

static void compare_point(struct log_check *check, const struct check_stream *stream,
                          uint64_t index)
{
    for (unsigned i = 0; i < check->point_count; i++) {
        struct check_point *expected = &check->points[i];

        if (expected->point.seq != stream->seq ||
            memcmp(expected->point.stream_id, stream->stream_id, STREAM_ID_SIZE) != 0)
            continue;
        expected->is_met = true;
        if (!view_is_zero(view_of(expected->point.digest, SHA256_SIZE)) &&
            memcmp(expected->point.digest, stream->digest, SHA256_SIZE) != 0)
            tell(check, 0, index,
                 "the stream's chain up to seq %" PRIu64 " in this leaf is not the one of %s",
                 stream->seq, expected->who);
    }
}

void log_check_expect_point(struct log_check *check, const struct check_stream *point,
                            const char *who)
{
    if (point->seq == 0 || check->point_count == CHECK_POINTS_MAX)
        return;
    check->points[check->point_count++] = (struct check_point){.point = *point, .who = who};
}

static void check_stream_of(struct log_check *check, uint64_t index,
                            const struct event_header *header,
                            const uint8_t header_bytes[HEADER_SIZE])
{
    struct check_stream *stream = find_stream(check, header->stream_id);

    if (stream == NULL)
        stream = add_stream(check, header->stream_id);
    if (stream == NULL) {
        tell(check, index, index, "more than %u streams", CHECK_STREAMS_MAX);
        return;
    }
    if (header->seq != stream->seq + 1)
        tell(check, index, index, "seq %" PRIu64 " of its stream, where %" PRIu64 " was the next",
             header->seq, stream->seq + 1);
    chain_next(stream->digest, header_bytes);
    stream->seq = header->seq;
    compare_point(check, stream, index);
}

/* ---- cases and payloads ---- */

static struct check_case *find_case(struct log_check *check, const uint8_t *case_handle)
{
    uint64_t place = bytes_get_u64(case_handle + 8) & check->case_mask;

    while (check->cases[place].number != 0 &&
           memcmp(check->cases[place].case_handle, case_handle, CASE_HANDLE_SIZE) != 0)
        place = (place + 1) & check->case_mask;
    return &check->cases[place];
}

static void check_payload(struct log_check *check, const struct check_leaf *leaf, bool is_of_case,
                          const uint8_t header_bytes[HEADER_SIZE], struct view *ret_payload)
{
    arena_reset(&check->scratch);
    if (leaf->payload.size == 0 && is_of_case) {
        check->erased++;
        return;
    }
    if (leaf->payload.size == 0) {
        tell(check, leaf->index, leaf->index, "its payload, which is of no case, is missing");
        return;
    }
    const enum status status =
        seal_open(&check->scratch, NULL, header_bytes, leaf->payload, ret_payload);

    /* Sealed, and its key is not ours to have: its form was checked. */
    if (status == STATUS_OK || status == STATUS_KEY_NOT_AT_HAND)
        return;
    *ret_payload = view_of(NULL, 0);
    tell(check, leaf->index, leaf->index, "its payload: %s", status_text(status));
}

/* ---- leaves and nodes ---- */

static void check_hash(struct log_check *check, const struct check_leaf *leaf,
                       const uint8_t hash[SHA256_SIZE])
{
    if (!view_equals(leaf->leaf_hash, view_of(hash, SHA256_SIZE)))
        tell(check, leaf->index, leaf->index, "its hash is not the stored one");
}

static void append(struct log_check *check, const uint8_t hash[SHA256_SIZE])
{
    uint8_t tile_hash[SHA256_SIZE];

    if (merkle_append(&check->tree, hash, tile_hash)) {
        const uint64_t index = check->tree.size / MERKLE_TILE_LEAVES - 1;
        struct check_tile *tile = &check->tiles[index % CHECK_TILES_KEPT];

        if (tile->is_open)
            tell(check, tile->index * MERKLE_TILE_LEAVES,
                 tile->index * MERKLE_TILE_LEAVES + MERKLE_TILE_LEAVES - 1,
                 "the stored node over these leaves is missing");
        tile->index = index;
        tile->is_open = true;
        memcpy(tile->hash, tile_hash, SHA256_SIZE);
    }
    compare_roots(check);
}

/* The three fields that audit-log fills, against the case's event before (NULL: of no case). */
static void check_place(struct log_check *check, uint64_t index, const struct event_header *header,
                        const struct check_case *of_case)
{
    static const struct check_case of_no_case;
    const struct check_case *before = of_case == NULL ? &of_no_case : of_case;
    uint64_t want_number = 0;

    /* Behind the largest number nothing may follow, and no leaf of a case has number 0. */
    if (of_case != NULL && __builtin_add_overflow(before->number, 1, &want_number))
        want_number = 0;
    if (header->number_in_case != want_number || (of_case != NULL && want_number == 0))
        tell(check, index, index, "its place in its case: number in the case: must be %" PRIu64,
             want_number);
    else if (memcmp(header->previous_leaf_hash, before->leaf_hash, SHA256_SIZE) != 0)
        tell(check, index, index,
             "its place in its case: previous leaf hash: is not that of the case's event before "
             "this one");
    else if (header->append_time % MINUTE_S != 0)
        tell(check, index, index, "its place in its case: append time: must be a whole minute");
}

/* The header as its stream chains it: audit-log's three fields are zero there. */
static void header_as_chained(const struct event_header *leaf, uint8_t bytes[HEADER_SIZE])
{
    struct event_header chained = *leaf;

    chained.number_in_case = 0;
    chained.append_time = 0;
    memset(chained.previous_leaf_hash, 0, SHA256_SIZE);
    header_encode(&chained, bytes);
}

bool log_check_leaf(struct log_check *check, const struct check_leaf *leaf,
                    struct event_header *ret_header, struct view *ret_payload)
{
    uint8_t header_bytes[HEADER_SIZE];
    uint8_t hash[SHA256_SIZE];

    *ret_payload = view_of(NULL, 0);
    if (leaf->index != check->tree.size) {
        tell(check, check->tree.size, check->tree.size,
             "the log handed out leaf %" PRIu64 " in its place", leaf->index);
        return false;
    }
    if (header_decode(leaf->leaf, ret_header) != STATUS_OK) {
        tell(check, leaf->index, leaf->index, "it is not a leaf");
        return false;
    }
    header_as_chained(ret_header, header_bytes);
    const bool is_of_case = !view_is_zero(view_of(ret_header->case_handle, CASE_HANDLE_SIZE));
    struct check_case *of_case = is_of_case ? find_case(check, ret_header->case_handle) : NULL;

    check_place(check, leaf->index, ret_header, of_case);
    merkle_leaf_hash(leaf->leaf, hash);
    check_hash(check, leaf, hash);
    check_stream_of(check, leaf->index, ret_header, header_bytes);
    check_payload(check, leaf, is_of_case, header_bytes, ret_payload);
    if (of_case != NULL) {
        memcpy(of_case->case_handle, ret_header->case_handle, CASE_HANDLE_SIZE);
        of_case->number = ret_header->number_in_case == 0 ? 1 : ret_header->number_in_case;
        memcpy(of_case->leaf_hash, hash, SHA256_SIZE);
    }
    append(check, hash);
    return true;
}

void log_check_node(struct log_check *check, uint64_t index, struct view hash)
{
    struct check_tile *tile = &check->tiles[index % CHECK_TILES_KEPT];
    const uint64_t first = index * MERKLE_TILE_LEAVES;

    if (!tile->is_open || tile->index != index) {
        tell(check, first, first + MERKLE_TILE_LEAVES - 1,
             "the log handed out a node that is not complete here");
        return;
    }
    tile->is_open = false;
    if (!view_equals(hash, view_of(tile->hash, SHA256_SIZE)))
        tell(check, first, first + MERKLE_TILE_LEAVES - 1,
             "the stored node over these leaves is not their hash");
}

void log_check_end(struct log_check *check)
{
    const uint64_t last = check->tree.size == 0 ? 0 : check->tree.size - 1;

    for (unsigned i = 0; i < CHECK_TILES_KEPT; i++) {
        const struct check_tile *tile = &check->tiles[i];

        if (tile->is_open)
            tell(check, tile->index * MERKLE_TILE_LEAVES,
                 tile->index * MERKLE_TILE_LEAVES + MERKLE_TILE_LEAVES - 1,
                 "the stored node over these leaves is missing");
    }
    for (unsigned i = 0; i < check->root_count; i++) {
        if (!check->roots[i].is_met)
            tell(check, last, last, "%s is of %" PRIu64 " leaves; the log has %" PRIu64,
                 check->roots[i].who, check->roots[i].size, check->tree.size);
    }
    for (unsigned i = 0; i < check->point_count; i++) {
        if (!check->points[i].is_met)
            tell(check, last, last,
                 "%s acknowledged seq %" PRIu64 " of a stream, which no leaf has",
                 check->points[i].who, check->points[i].point.seq);
    }
}
