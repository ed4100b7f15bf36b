/* SQL's answers to a comparison: what is taken counts as met. */
#include "services/netra/replay_store.h"

#include <string.h>

/* A text column into an array of REPLAY_TEXT_BYTES. What was put fits; a longer one was
 * altered. */
static enum status take_text(struct statement *statement, int column, char text[REPLAY_TEXT_BYTES])
{
    const struct view found = statement_text(statement, column);

    if (found.size >= REPLAY_TEXT_BYTES)
        return STATUS_STORE_CORRUPT;
    memset(text, 0, REPLAY_TEXT_BYTES);
    if (found.size > 0)
        memcpy(text, found.bytes, found.size);
    return STATUS_OK;
}

/* Steps to the only row. */
static enum status step_to(struct statement *statement)
{
    bool has_row = false;

    TRY(statement_step(statement, &has_row));
    return has_row ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status replay_store_take_key(struct replay_store *store, unsigned round,
                                  const uint8_t curve_public[32], uint32_t *ret_role,
                                  bool *ret_is_revoked)
{
    struct statement *take = &store->statements[REPLAY_TAKE_KEY];

    statement_bind_blob(take, 1, view_of(curve_public, 32));
    statement_bind_u64(take, 2, round);
    TRY(step_to(take));
    *ret_role = (uint32_t)statement_u64(take, 0);
    *ret_is_revoked = statement_u64(take, 1) != 0;
    return statement_run(take);
}

static enum status take_case(struct statement *take, struct replay_case *ret_case)
{
    TRY(take_text(take, 0, ret_case->case_number));
    TRY(take_text(take, 1, ret_case->region));
    TRY(take_text(take, 2, ret_case->node));
    ret_case->is_erased = statement_u64(take, 3) != 0;
    return statement_run(take);
}

enum status replay_store_take_case(struct replay_store *store, unsigned round,
                                   const uint8_t case_handle[CASE_HANDLE_SIZE],
                                   struct replay_case *ret_case)
{
    struct statement *take = &store->statements[REPLAY_TAKE_CASE];

    statement_bind_blob(take, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(take, 2, round);
    TRY(step_to(take));
    const enum status status = take_case(take, ret_case);

    statement_reset(take);
    return status;
}

static enum status take_facts(struct statement *get, struct replay_facts *ret_facts)
{
    ret_facts->revision = (uint32_t)statement_u64(get, 0);
    TRY(take_text(get, 1, ret_facts->submission_id));
    ret_facts->accepted_at = statement_u64(get, 2);
    ret_facts->incident_date = (uint32_t)statement_u64(get, 3);
    ret_facts->received = (uint32_t)statement_u64(get, 4);
    ret_facts->seq = statement_u64(get, 6);
    return statement_blob_exact(get, 5, ret_facts->stream_id, STREAM_ID_SIZE);
}

enum status replay_store_get_facts(struct replay_store *store,
                                   const uint8_t case_handle[CASE_HANDLE_SIZE], uint32_t revision,
                                   struct replay_facts *ret_facts)
{
    struct statement *get = &store->statements[REPLAY_GET_FACTS];

    statement_bind_blob(get, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(get, 2, revision);
    TRY(step_to(get));
    const enum status status = take_facts(get, ret_facts);

    statement_reset(get);
    return status;
}

static enum status count_of_case(struct statement *count,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE], uint64_t *ret_count)
{
    statement_bind_blob(count, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    TRY(step_to(count));
    *ret_count = statement_u64(count, 0);
    return statement_run(count);
}

enum status replay_store_count_of_case(struct replay_store *store,
                                       const uint8_t case_handle[CASE_HANDLE_SIZE],
                                       uint64_t *ret_facts, uint64_t *ret_links)
{
    TRY(count_of_case(&store->statements[REPLAY_COUNT_FACTS], case_handle, ret_facts));
    return count_of_case(&store->statements[REPLAY_COUNT_LINKS], case_handle, ret_links);
}

enum status replay_store_get_link(struct replay_store *store,
                                  const uint8_t case_handle[CASE_HANDLE_SIZE],
                                  const uint8_t other[CASE_HANDLE_SIZE], uint32_t kind)
{
    struct statement *get = &store->statements[REPLAY_GET_LINK];

    statement_bind_blob(get, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_blob(get, 2, view_of(other, CASE_HANDLE_SIZE));
    statement_bind_u64(get, 3, kind);
    TRY(step_to(get));
    return statement_run(get);
}

enum status replay_store_take_decision(struct replay_store *store, unsigned round,
                                       const uint8_t case_handle[CASE_HANDLE_SIZE],
                                       uint32_t revision, struct arena *arena, uint64_t *ret_seq,
                                       struct view *ret_made)
{
    struct statement *take = &store->statements[REPLAY_TAKE_DECISION];

    statement_bind_blob(take, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(take, 2, revision);
    statement_bind_u64(take, 3, round);
    TRY(step_to(take));
    const struct view made = statement_blob(take, 1);

    *ret_seq = statement_u64(take, 0);
    *ret_made = view_of(arena_copy(arena, made), made.size);
    TRY(statement_run(take));
    return ret_made->bytes == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status take_notice(struct statement *take, struct replay_notice *ret_notice)
{
    TRY(take_text(take, 0, ret_notice->role));
    TRY(take_text(take, 1, ret_notice->channel));
    TRY(take_text(take, 2, ret_notice->state));
    ret_notice->is_overtaken = statement_u64(take, 3) != 0;
    ret_notice->is_resent = statement_u64(take, 4) != 0;
    return statement_run(take);
}

enum status replay_store_take_notice(struct replay_store *store, unsigned round,
                                     const struct replay_notice_key *key, uint64_t id,
                                     struct replay_notice *ret_notice)
{
    struct statement *take = &store->statements[REPLAY_TAKE_NOTICE];

    statement_bind_blob(take, 1, view_of(key->case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(take, 2, key->revision);
    statement_bind_u64(take, 3, key->kind);
    statement_bind_text(take, 4, key->recipient);
    statement_bind_u64(take, 5, round);
    statement_bind_u64(take, 6, id);
    TRY(step_to(take));
    const enum status status = take_notice(take, ret_notice);

    statement_reset(take);
    return status;
}

enum status replay_store_is_overtaken(struct replay_store *store,
                                      const uint8_t case_handle[CASE_HANDLE_SIZE],
                                      uint32_t revision, bool *ret_is_overtaken)
{
    struct statement *count = &store->statements[REPLAY_COUNT_HIGHER];

    statement_bind_blob(count, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(count, 2, revision);
    TRY(step_to(count));
    *ret_is_overtaken = statement_u64(count, 0) > 0;
    return statement_run(count);
}

/* ---- differences ---- */

enum status replay_store_put_difference(struct replay_store *store, unsigned round,
                                        const uint8_t case_handle[CASE_HANDLE_SIZE],
                                        const struct replay_difference *difference)
{
    struct statement *put = &store->statements[REPLAY_PUT_DIFFERENCE];

    statement_bind_u64(put, 1, round);
    statement_bind_blob(put, 2, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_text(put, 3, difference->case_number);
    statement_bind_text(put, 4, difference->what);
    statement_bind_text(put, 5, difference->rebuilt);
    statement_bind_text(put, 6, difference->running);
    return statement_run(put);
}

enum status replay_store_put_missing(struct replay_store *store, unsigned round)
{
    static const enum replay_statement misses[] = {REPLAY_MISS_CASES, REPLAY_MISS_DECISIONS,
                                                   REPLAY_MISS_NOTICES, REPLAY_MISS_KEYS};

    for (size_t i = 0; i < sizeof misses / sizeof misses[0]; i++) {
        struct statement *miss = &store->statements[misses[i]];

        statement_bind_u64(miss, 1, round);
        TRY(statement_run(miss));
    }
    return STATUS_OK;
}

static enum status take_difference(struct statement *each, struct replay_difference *ret)
{
    TRY(take_text(each, 0, ret->case_number));
    TRY(take_text(each, 1, ret->what));
    TRY(take_text(each, 2, ret->rebuilt));
    return take_text(each, 3, ret->running);
}

enum status replay_store_each_difference(struct replay_store *store, unsigned round,
                                         replay_visit visit, void *self)
{
    struct statement *each = &store->statements[REPLAY_EACH_DIFFERENCE];
    struct replay_difference difference;
    bool has_row = false;

    statement_bind_u64(each, 1, round);
    TRY(statement_step(each, &has_row));
    while (has_row) {
        const enum status status = take_difference(each, &difference);

        if (status != STATUS_OK) {
            statement_reset(each);
            return status;
        }
        visit(self, &difference);
        TRY(statement_step(each, &has_row));
    }
    return STATUS_OK;
}

/* ---- the end ---- */

enum status replay_store_count(struct replay_store *store, struct replay_counts *ret_counts)
{
    struct statement *count = &store->statements[REPLAY_COUNT];

    TRY(step_to(count));
    *ret_counts = (struct replay_counts){
        .keys = statement_u64(count, 0),
        .cases = statement_u64(count, 1),
        .erased = statement_u64(count, 2),
        .facts = statement_u64(count, 3),
        .links = statement_u64(count, 4),
        .decisions = statement_u64(count, 5),
        .notices = statement_u64(count, 6),
    };
    return statement_run(count);
}

enum status replay_store_put_done(struct replay_store *store, const char *origin, uint64_t size,
                                  uint64_t leaves)
{
    struct statement *put = &store->statements[REPLAY_PUT_DONE];

    statement_bind_text(put, 1, origin);
    statement_bind_u64(put, 2, size);
    statement_bind_u64(put, 3, leaves);
    return statement_run(put);
}
