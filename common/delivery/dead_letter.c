/*
 * Dead letters (protocol.md 14): entries set aside with their ciphertext, listed, and tried again
 * when an operator asks.
 */
#include "common/delivery/delivery_store.h"

#include <string.h>

enum status delivery_letter_put(struct delivery_store *delivery, const struct dead_letter *letter)
{
    struct event_header header;
    TRY(header_decode(view_of(letter->header_bytes, HEADER_SIZE), &header));
    struct statement *statement = &delivery->statements[DELIVERY_LETTER_PUT];
    statement_bind_text(statement, 1, letter->producer);
    statement_bind_blob(statement, 2, view_of(header.stream_id, STREAM_ID_SIZE));
    statement_bind_u64(statement, 3, header.seq);
    statement_bind_blob(statement, 4, view_of(letter->header_bytes, HEADER_SIZE));
    statement_bind_blob(statement, 5, letter->payload);
    statement_bind_text(statement, 6, status_name(letter->why));
    statement_bind_i64(statement, 7, letter->at_utc_s);
    return statement_run(statement);
}

static enum status read_letter(struct statement *statement, struct arena *arena,
                               struct dead_letter *letter)
{
    struct view producer = statement_text(statement, 0);
    struct view why = statement_text(statement, 3);
    char name[65];
    if (producer.size >= sizeof letter->producer || why.size >= sizeof name)
        return STATUS_STORE_CORRUPT;
    memcpy(letter->producer, producer.bytes, producer.size);
    letter->producer[producer.size] = '\0';
    memcpy(name, why.bytes, why.size);
    name[why.size] = '\0';
    letter->why = status_from_name(name);
    if (letter->why == STATUS_COUNT)
        return STATUS_STORE_CORRUPT;
    TRY(statement_blob_exact(statement, 1, letter->header_bytes, HEADER_SIZE));
    letter->at_utc_s = statement_i64(statement, 4);
    letter->is_retrying = statement_i64(statement, 5) != 0;
    if (arena == NULL)
        return STATUS_OK;
    struct view payload = statement_blob(statement, 2);
    const uint8_t *copy = arena_copy(arena, payload);
    letter->payload = view_of(copy, payload.size);
    return copy == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status delivery_letter_get(struct delivery_store *delivery, uint64_t id, struct arena *arena,
                                struct dead_letter *ret_letter)
{
    struct statement *statement = &delivery->statements[DELIVERY_LETTER_GET];
    statement_bind_u64(statement, 1, id);
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    *ret_letter = (struct dead_letter){.id = id};
    enum status status = read_letter(statement, arena, ret_letter);
    statement_reset(statement);
    return status;
}

/* The id in the first row of a statement whose parameters are bound; 0 when there is none. */
static enum status first_id(struct statement *statement, uint64_t *ret_id)
{
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    *ret_id = has_row ? statement_u64(statement, 0) : 0;
    statement_reset(statement);
    return STATUS_OK;
}

enum status delivery_letter_find(struct delivery_store *delivery,
                                 const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                 uint64_t *ret_id)
{
    struct statement *statement = &delivery->statements[DELIVERY_LETTER_FIND];
    statement_bind_blob(statement, 1, view_of(stream_id, STREAM_ID_SIZE));
    statement_bind_u64(statement, 2, seq);
    TRY(first_id(statement, ret_id));
    return *ret_id == 0 ? STATUS_NOT_FOUND : STATUS_OK;
}

enum status delivery_letter_retrying(struct delivery_store *delivery, uint64_t *ret_id)
{
    return first_id(&delivery->statements[DELIVERY_LETTER_RETRYING], ret_id);
}

enum status delivery_letter_count(struct delivery_store *delivery, uint64_t *ret_count)
{
    return first_id(&delivery->statements[DELIVERY_LETTER_COUNT], ret_count);
}

enum status delivery_letter_state(struct delivery_store *delivery, uint64_t id, bool is_retrying,
                                  enum status why)
{
    struct statement *statement = &delivery->statements[DELIVERY_LETTER_STATE];
    statement_bind_i64(statement, 1, is_retrying ? 1 : 0);
    statement_bind_text(statement, 2, status_name(why));
    statement_bind_u64(statement, 3, id);
    return statement_run(statement);
}

enum status delivery_letter_delete(struct delivery_store *delivery, uint64_t id)
{
    struct statement *statement = &delivery->statements[DELIVERY_LETTER_DELETE];
    statement_bind_u64(statement, 1, id);
    return statement_run(statement);
}

enum status delivery_letter_list(struct delivery_store *delivery, uint64_t after, unsigned ids_max,
                                 uint64_t *ids, unsigned *ret_count)
{
    struct statement *statement = &delivery->statements[DELIVERY_LETTER_LIST];
    statement_bind_u64(statement, 1, after);
    statement_bind_u64(statement, 2, ids_max);
    *ret_count = 0;
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    while (has_row) {
        ids[(*ret_count)++] = statement_u64(statement, 0);
        TRY(statement_step(statement, &has_row));
    }
    return STATUS_OK;
}
