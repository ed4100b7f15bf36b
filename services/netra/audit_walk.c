/* Pages the whole log through log_check.c. */
#include "services/netra/audit_walk.h"

#include "common/base/invariant.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIFFERENCES_SHOWN 100u
#define ANSWER_ARENA_BYTES (LIMIT_FRAME_BYTES + 4096u) /* an answer, its detail and the question */

static void differs(void *self, uint64_t first, uint64_t last, const char *what)
{
    struct audit_walk *walk = self;
    json_t *object = NULL;

    if (walk->first[0] == '\0' && first == last)
        (void)snprintf(walk->first, sizeof walk->first, "leaf %" PRIu64 ": %s", first, what);
    else if (walk->first[0] == '\0')
        (void)snprintf(walk->first, sizeof walk->first, "leaves %" PRIu64 " to %" PRIu64 ": %s",
                       first, last, what);
    if (json_array_size(walk->differences) >= DIFFERENCES_SHOWN)
        return;
    object = json_object();
    json_put_number(object, "first", first);
    json_put_number(object, "last", last);
    json_put_text(object, "what", what);
    (void)json_array_append_new(walk->differences, object);
}

/* ---- what others vouch for ---- */

/* A point that the walk has passed already was compared then, or is compared no more. */
static bool is_passed(const struct audit_walk *walk, const struct check_stream *point)
{
    for (unsigned i = 0; i < walk->check.stream_count; i++) {
        const struct check_stream *stream = &walk->check.streams[i];

        if (memcmp(stream->stream_id, point->stream_id, STREAM_ID_SIZE) == 0)
            return point->seq <= stream->seq;
    }
    return false;
}

static void expect_point(struct audit_walk *walk, const Netra__V1__StreamState *state,
                         const char *who)
{
    struct check_stream point = {.seq = state->seq};

    if (state->stream_id.len != STREAM_ID_SIZE)
        return;
    memcpy(point.stream_id, state->stream_id.data, STREAM_ID_SIZE);
    if (state->digest.len == SHA256_SIZE)
        memcpy(point.digest, state->digest.data, SHA256_SIZE);
    if (!is_passed(walk, &point))
        log_check_expect_point(&walk->check, &point, who);
}

/* Where each service says the log stands in its stream, and where the log itself says so. */
static void expect_points(struct audit_walk *walk)
{
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        const Netra__V1__ServiceStatus *status = walk->statuses.services[door];

        if (status == NULL) {
            command_note_silent(&walk->statuses.asks[door]);
            continue;
        }
        for (size_t i = 0; door == DOOR_AUDIT_LOG && i < status->n_consumes; i++)
            expect_point(walk, status->consumes[i], "audit-log");
        const Netra__V1__StreamState *state =
            stream_of_peer(status->produces, status->n_produces, "audit-log");

        if (state != NULL)
            expect_point(walk, state, door_name((enum door)door));
    }
}

/* ---- opening ---- */

static enum status ask_head(struct audit_walk *walk, struct note_checkpoint *ret_checkpoint)
{
    struct command *command = walk->command;

    TRY(page_ask_statuses(command, &walk->statuses));
    TRY(audit_ask_head(command, &walk->head));
    if (walk->differences == NULL)
        TRY(audit_key(command, walk->head, &walk->key));
    TRY(audit_check_head(command, walk->head, &walk->key, ret_checkpoint));
    walk->size = ret_checkpoint->size;
    return STATUS_OK;
}

static void expect(struct audit_walk *walk, const struct note_checkpoint *checkpoint)
{
    expect_points(walk);
    log_check_expect_root(&walk->check, checkpoint->size, checkpoint->root,
                          "the newest checkpoint");
}

enum status audit_walk_open(struct audit_walk *walk, struct command *command)
{
    struct note_checkpoint checkpoint;

    *walk = (struct audit_walk){.command = command};
    for (unsigned i = 0; i < DOOR_AHEAD_MAX; i++)
        TRY(arena_open(&walk->pages[i].arena, ANSWER_ARENA_BYTES));
    TRY(ask_head(walk, &checkpoint));
    if (__builtin_add_overflow(walk->size, WALK_GROWTH_LEAVES, &walk->room))
        return STATUS_NO_MEMORY;
    TRY(log_check_open(&walk->check, walk->room, differs, walk));
    walk->differences = json_array();
    expect(walk, &checkpoint);
    return STATUS_OK;
}

enum status audit_walk_renew(struct audit_walk *walk)
{
    struct note_checkpoint checkpoint;
    const uint64_t before = walk->size;

    TRY(ask_head(walk, &checkpoint));
    if (walk->size > walk->room) {
        diag_set(&walk->command->diag, "the log grew by more than %u leaves meanwhile",
                 WALK_GROWTH_LEAVES);
        return STATUS_TRY_AGAIN_LATER;
    }
    if (walk->size < before) {
        diag_set(&walk->command->diag, "the log's newest checkpoint is of fewer leaves than one "
                                       "before it");
        return STATUS_VERIFICATION_FAILED;
    }
    expect(walk, &checkpoint);
    return STATUS_OK;
}

void audit_walk_close(struct audit_walk *walk)
{
    for (unsigned i = 0; i < DOOR_AHEAD_MAX; i++)
        arena_close(&walk->pages[i].arena);
    json_release(&walk->differences);
    log_check_close(&walk->check);
}

/* ---- the leaves ---- */

/* An act that recovered audit-log itself says where it took up the streams. */
static void take_recovery(struct audit_walk *walk, struct view payload)
{
    struct command *command = walk->command;
    ProtobufCMessage *unpacked = NULL;

    if (wire_unpack(&netra__v1__service_recovered__descriptor, payload, &command->page, &unpacked,
                    NULL) != STATUS_OK)
        return;
    const Netra__V1__ServiceRecovered *message = (const Netra__V1__ServiceRecovered *)unpacked;

    if (strcmp(message->service, "audit-log") != 0)
        return;
    for (size_t i = 0; i < message->n_starts; i++) {
        const Netra__V1__StreamStart *start = message->starts[i];
        struct check_stream before = {.seq = start->seq};

        if (start->stream_id.len != STREAM_ID_SIZE || start->digest.len != SHA256_SIZE)
            continue;
        memcpy(before.stream_id, start->stream_id.data, STREAM_ID_SIZE);
        memcpy(before.digest, start->digest.data, SHA256_SIZE);
        log_check_begin_stream(&walk->check, &before);
    }
}

/* Yields how many leaves of the page were checked; less than it has (and less than the head
 * covers): nothing behind them can be. */
static bool check_page(struct audit_walk *walk, const Netra__V1__AuditLeaves *page,
                       struct audit_walked *walked, size_t *ret_count)
{
    *ret_count = 0;
    for (size_t i = 0; i < page->n_leaves && walk->check.tree.size < walk->size; i++) {
        const Netra__V1__AuditLeaf *row = page->leaves[i];
        const struct check_leaf leaf = {.index = row->index,
                                        .leaf = wire_view(row->leaf),
                                        .leaf_hash = wire_view(row->leaf_hash),
                                        .payload = wire_view(row->payload)};
        struct view payload;

        walked[i] = (struct audit_walked){.index = row->index, .payload = leaf.payload};
        if (!log_check_leaf(&walk->check, &leaf, &walked[i].header, &payload))
            return false;
        if (walked[i].header.type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_SERVICE_RECOVERED)
            take_recovery(walk, payload);
        *ret_count = i + 1;
    }
    for (size_t i = 0; i < page->n_nodes; i++) {
        if ((page->nodes[i]->index + 1) * MERKLE_TILE_LEAVES <= walk->size)
            log_check_node(&walk->check, page->nodes[i]->index, wire_view(page->nodes[i]->hash));
    }
    return true;
}

/* ---- pages under way ---- */

static enum status begin_page(struct audit_walk *walk, struct audit_walk_page *page)
{
    Netra__V1__ListRequest question = NETRA__V1__LIST_REQUEST__INIT;

    question.after = page->asked.first;
    question.rows_max = page->asked.rows;
    page->ask = (struct door_ask){.door = DOOR_AUDIT_LOG,
                                  .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_LEAVES};
    arena_reset(&page->arena);
    TRY(wire_pack(&question.base, &page->arena, &page->ask.body));
    door_client_begin(&walk->command->doors, &page->ask, &page->arena);
    page->is_asked = true;
    return STATUS_OK;
}

/* Asks for as many pages as there is room for. */
static enum status ask_ahead(struct audit_walk *walk)
{
    for (unsigned i = 0; i < DOOR_AHEAD_MAX; i++) {
        struct audit_walk_page *page = &walk->pages[i];

        if (!page->is_asked && page_plan_ask(&walk->plan, &page->asked))
            TRY(begin_page(walk, page));
    }
    return STATUS_OK;
}

static void drop_pages(struct audit_walk *walk)
{
    for (unsigned i = 0; i < DOOR_AHEAD_MAX; i++) {
        door_client_drop(&walk->command->doors, &walk->pages[i].ask);
        walk->pages[i].is_asked = false;
    }
}

static struct audit_walk_page *page_at(struct audit_walk *walk, uint64_t first)
{
    unsigned i = 0;

    while (i < DOOR_AHEAD_MAX && !(walk->pages[i].is_asked && walk->pages[i].asked.first == first))
        i++;
    INVARIANT(i < DOOR_AHEAD_MAX); /* the plan leaves out nothing */
    return &walk->pages[i];
}

/* The next page, in command->page; those behind it are on their way. */
static enum status take_page(struct audit_walk *walk, const Netra__V1__AuditLeaves **ret_page)
{
    struct command *command = walk->command;
    ProtobufCMessage *unpacked = NULL;

    TRY(ask_ahead(walk));
    struct audit_walk_page *page = page_at(walk, walk->check.tree.size);

    TRY(door_client_await(&command->doors, &page->ask, command->timeout_ms, &command->diag));
    arena_reset(&command->page);
    TRY(wire_unpack(&netra__v1__audit_leaves__descriptor, page->ask.answer, &command->page,
                    &unpacked, &command->diag));
    *ret_page = (const Netra__V1__AuditLeaves *)unpacked;
    page->is_asked = false;
    if (!page_plan_took(&walk->plan, &page->asked, (*ret_page)->n_leaves))
        drop_pages(walk);
    return (*ret_page)->n_leaves == 0 ? STATUS_OK : ask_ahead(walk);
}

static enum status read_page(struct audit_walk *walk, audit_walk_visit visit, void *self,
                             bool *ret_is_broken)
{
    const uint64_t next = walk->check.tree.size;
    const Netra__V1__AuditLeaves *page = NULL;
    size_t count = 0;

    TRY(take_page(walk, &page));
    struct audit_walked *walked =
        arena_take(&walk->command->page, page->n_leaves * sizeof *walked);

    if (walked == NULL)
        return STATUS_NO_MEMORY;
    if (page->n_leaves == 0) {
        differs(walk, next, walk->size - 1, "the log does not hand these leaves out");
        walk->check.difference_count++;
    }
    *ret_is_broken = !check_page(walk, page, walked, &count) || page->n_leaves == 0;
    return visit == NULL ? STATUS_OK : visit(self, walked, count);
}

enum status audit_walk_read(struct audit_walk *walk, audit_walk_visit visit, void *self)
{
    enum status status = STATUS_OK;
    bool is_broken = false;

    page_plan_begin(&walk->plan, walk->check.tree.size, walk->size);
    while (walk->check.tree.size < walk->size && !is_broken && status == STATUS_OK)
        status = read_page(walk, visit, self, &is_broken);
    drop_pages(walk);
    return status;
}

enum status audit_walk_end(struct audit_walk *walk)
{
    /* Where the leaves break off, everything after is missing: that was told once. */
    if (walk->check.tree.size == walk->size)
        log_check_end(&walk->check);
    if (walk->check.difference_count == 0)
        return STATUS_OK;
    diag_set(&walk->command->diag, "%s (%" PRIu64 " differences in all)", walk->first,
             walk->check.difference_count);
    return STATUS_VERIFICATION_FAILED;
}
