/*
 * The functions that rules and loading use in SQL. Independent of the services: a reader of
 * protobuf's wire format of its own, and protocol.md's chain.
 *
 *   be(blob)               the blob as a big-endian number
 *   sha256(a, …)           of all arguments' bytes, one after the other
 *   pb_blob(message, n)    field n's bytes, the last one counts; NULL: not there
 *   pb_number(message, n)  field n's varint; 0: not there
 *   chain(stream, seq, h)  digest(seq) from digest(seq - 1) of the last call for the stream; NULL
 *                          when that wasn't seq - 1, or there was none and seq isn't 1; an empty
 *                          stream forgets them all
 */
#include "tests/simulation/sim_check_parts.h"

#include "common/base/bytes.h"
#include "common/base/invariant.h"
#include "common/wire/header.h"

#include <string.h>

#define PARTS_MAX 4

static struct view view_of_value(sqlite3_value *value)
{
    const void *bytes = sqlite3_value_blob(value);
    return view_of(bytes, (size_t)sqlite3_value_bytes(value));
}

static void result_blob(sqlite3_context *context, struct view bytes)
{
    sqlite3_result_blob64(context, bytes.size == 0 ? "" : (const char *)bytes.bytes, bytes.size,
                          SQLITE_TRANSIENT);
}

static void number_of_bytes(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct view bytes = view_of_value(values[0]);
    uint64_t number = 0;
    (void)count;
    for (size_t i = 0; i < bytes.size; i++)
        number = number << 8 | bytes.bytes[i];
    sqlite3_result_int64(context, (int64_t)number);
}

static void hash_parts(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct view parts[PARTS_MAX];
    uint8_t digest[SHA256_SIZE];
    INVARIANT(count <= PARTS_MAX);
    for (int i = 0; i < count; i++)
        parts[i] = view_of_value(values[i]);
    sha256_of_parts(parts, (size_t)count, digest);
    result_blob(context, view_of(digest, sizeof digest));
}

/* ---- protobuf ---- */

static bool take_varint(struct view *rest, uint64_t *ret_number)
{
    *ret_number = 0;
    for (unsigned shift = 0; shift < 64 && rest->size > 0; shift += 7) {
        uint8_t byte = rest->bytes[0];
        rest->bytes++;
        rest->size--;
        *ret_number |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return true;
    }
    return false;
}

bool sim_wire_next(struct view *rest, struct sim_wire_field *ret_field)
{
    *ret_field = (struct sim_wire_field){.tag = 0};
    if (!take_varint(rest, &ret_field->tag) || !take_varint(rest, &ret_field->number))
        return false;
    if ((ret_field->tag & 7) == 0)
        return true;
    if ((ret_field->tag & 7) != 2 || ret_field->number > rest->size)
        return false;
    ret_field->bytes = view_of(rest->bytes, (size_t)ret_field->number);
    rest->bytes += ret_field->number;
    rest->size -= (size_t)ret_field->number;
    return true;
}

static void field_bytes(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct view rest = view_of_value(values[0]);
    uint64_t wanted = (uint64_t)sqlite3_value_int64(values[1]) << 3 | 2;
    struct sim_wire_field field;
    (void)count;
    while (sim_wire_next(&rest, &field))
        if (field.tag == wanted)
            result_blob(context, field.bytes);
}

static void field_number(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct view rest = view_of_value(values[0]);
    uint64_t wanted = (uint64_t)sqlite3_value_int64(values[1]) << 3;
    struct sim_wire_field field;
    (void)count;
    sqlite3_result_int64(context, 0);
    while (sim_wire_next(&rest, &field))
        if (field.tag == wanted)
            sqlite3_result_int64(context, (int64_t)field.number);
}

/* ---- chains ---- */

/* No run has more: a store that names more is damaged, and they stay without digests. */
#define STREAMS_MAX 64u

struct chain {
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
    uint8_t digest[SHA256_SIZE];
};

struct chains {
    struct chain rows[STREAMS_MAX];
    unsigned count;
};

static void start_digest(const uint8_t *stream_id, uint8_t digest[SHA256_SIZE])
{
    const struct view parts[] = {view_of_text("netra-stream/v1\n"),
                                 view_of(stream_id, STREAM_ID_SIZE)};
    sha256_of_parts(parts, 2, digest);
}

static struct chain *find_chain(struct chains *chains, struct view stream_id)
{
    for (unsigned i = 0; i < chains->count; i++)
        if (memcmp(chains->rows[i].stream_id, stream_id.bytes, STREAM_ID_SIZE) == 0)
            return &chains->rows[i];
    if (chains->count == STREAMS_MAX)
        return NULL;
    struct chain *chain = &chains->rows[chains->count++];
    *chain = (struct chain){0};
    memcpy(chain->stream_id, stream_id.bytes, STREAM_ID_SIZE);
    start_digest(chain->stream_id, chain->digest);
    return chain;
}

static void chain_on(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct view stream_id = view_of_value(values[0]);
    uint64_t seq = (uint64_t)sqlite3_value_int64(values[1]);
    (void)count;
    if (stream_id.size == 0)
        ((struct chains *)sqlite3_user_data(context))->count = 0;
    if (stream_id.size != STREAM_ID_SIZE)
        return;
    struct chain *chain = find_chain(sqlite3_user_data(context), stream_id);
    if (chain == NULL || seq != chain->seq + 1)
        return;
    const struct view parts[] = {view_of(chain->digest, SHA256_SIZE), view_of_value(values[2])};
    uint8_t digest[SHA256_SIZE];
    sha256_of_parts(parts, 2, digest);
    memcpy(chain->digest, digest, sizeof digest);
    chain->seq = seq;
    result_blob(context, view_of(digest, sizeof digest));
}

/* ---- adding ---- */

void sim_check_add_functions(sqlite3 *database)
{
    const struct {
        const char *name;
        int arguments;
        void (*function)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {
        {"be", 1, number_of_bytes},
        {"sha256", -1, hash_parts},
        {"pb_blob", 2, field_bytes},
        {"pb_number", 2, field_number},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        INVARIANT(sqlite3_create_function(database, functions[i].name, functions[i].arguments,
                                          SQLITE_UTF8, NULL, functions[i].function, NULL,
                                          NULL) == SQLITE_OK);
    struct chains *chains = sqlite3_malloc64(sizeof *chains);
    INVARIANT(chains != NULL);
    *chains = (struct chains){.count = 0};
    INVARIANT(sqlite3_create_function_v2(database, "chain", 3, SQLITE_UTF8, chains, chain_on, NULL,
                                         NULL, sqlite3_free) == SQLITE_OK);
}
