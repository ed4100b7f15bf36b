/*
 * The receiving side of one stream, pure.
 */
#include "common/delivery/inbox.h"

#include "common/base/invariant.h"
#include "common/base/mutant.h"

#include <sodium.h>
#include <string.h>

#define GO(state, what)                               \
    {                                                 \
        .next = INBOX_##state, .effect = INBOX_##what \
    }

static const struct inbox_cell table[INBOX_STATE_COUNT][INBOX_EVENT_COUNT] = {
    [INBOX_EMPTY] =
        {
            [INBOX_CONTINUES] = GO(EMPTY, ASK),
            [INBOX_LEAPS] = GO(EMPTY, ASK),
            [INBOX_OPENS] = GO(FOLLOWING, SWITCH),
            [INBOX_REPEATS] = GO(EMPTY, DROP),
            [INBOX_MISFITS] = GO(FORKED, ALARM),
            [INBOX_RESETS] = GO(FOLLOWING, GO_ON),
        },
    [INBOX_FOLLOWING] =
        {
            [INBOX_CONTINUES] = GO(FOLLOWING, TAKE),
            [INBOX_LEAPS] = GO(FOLLOWING, ASK),
            [INBOX_OPENS] = GO(FOLLOWING, SWITCH),
            [INBOX_REPEATS] = GO(FOLLOWING, DROP),
            [INBOX_MISFITS] = GO(FORKED, ALARM),
            [INBOX_RESETS] = GO(FOLLOWING, GO_ON),
        },
    [INBOX_FORKED] =
        {
            [INBOX_CONTINUES] = GO(FORKED, DROP),
            [INBOX_LEAPS] = GO(FORKED, DROP),
            [INBOX_OPENS] = GO(FORKED, DROP),
            [INBOX_REPEATS] = GO(FORKED, DROP),
            [INBOX_MISFITS] = GO(FORKED, DROP),
            [INBOX_RESETS] = GO(FOLLOWING, GO_ON),
        },
};

struct inbox_cell inbox_cell_at(enum inbox_state state, enum inbox_event event)
{
    return table[state][event];
}

enum status inbox_open(struct inbox *inbox)
{
    *inbox = (struct inbox){.state = INBOX_EMPTY};
    return entry_queue_open(&inbox->queue);
}

void inbox_close(struct inbox *inbox)
{
    entry_queue_close(&inbox->queue);
}

static enum inbox_effect step(struct inbox *inbox, enum inbox_event event)
{
    struct inbox_cell cell = table[inbox->state][event];
    inbox->state = cell.next;
    return cell.effect;
}

static bool is_no_stream(const uint8_t stream_id[STREAM_ID_SIZE])
{
    return view_is_zero(view_of(stream_id, STREAM_ID_SIZE));
}

static bool is_same_stream(const uint8_t a[STREAM_ID_SIZE], const uint8_t b[STREAM_ID_SIZE])
{
    return memcmp(a, b, STREAM_ID_SIZE) == 0;
}

void inbox_load(struct inbox *inbox, const struct position *position)
{
    entry_queue_clear(&inbox->queue);
    inbox->applied = *position;
    inbox->received = *position;
    inbox->state = INBOX_EMPTY;
    memset(inbox->left, 0, sizeof inbox->left);
    if (!is_no_stream(position->stream_id))
        (void)step(inbox, INBOX_RESETS);
}

void inbox_go_on(struct inbox *inbox)
{
    if (inbox->state == INBOX_FORKED)
        (void)step(inbox, INBOX_RESETS);
}

/* Whether the stream was left for the one we hold while some of its entries wait to be applied. */
static bool is_still_queued(struct inbox *inbox, const uint8_t stream_id[STREAM_ID_SIZE])
{
    if (is_same_stream(inbox->applied.stream_id, stream_id))
        return !is_no_stream(stream_id);
    for (unsigned i = 0; i < inbox->queue.count; i++)
        if (is_same_stream(entry_queue_at(&inbox->queue, i)->through.stream_id, stream_id))
            return true;
    return false;
}

/* A frame of a connection that is gone may come late, behind those of the next one. */
static bool was_left(const struct inbox *inbox, const uint8_t stream_id[STREAM_ID_SIZE])
{
    for (unsigned i = 0; i < INBOX_LEFT_MAX; i++)
        if (is_same_stream(inbox->left[i], stream_id))
            return !is_no_stream(stream_id) && !MUTANT(late_frame_contradicts);
    return false;
}

/* What the opening closes of the stream we hold; NULL: it doesn't name it. */
static const struct position *closing_of_held(const struct inbox *inbox,
                                              const struct inbox_opening *opening)
{
    if (is_same_stream(opening->closed.stream_id, inbox->received.stream_id))
        return &opening->closed;
    if (is_same_stream(opening->own.stream_id, inbox->received.stream_id))
        return &opening->own;
    return NULL;
}

/* Whether something that counts stands before the stream. Who holds nothing lacks it, whatever the
 * producer's cursor says: a store that was emptied since has acknowledged it. */
static bool has_something_before(const struct inbox_opening *opening)
{
    return opening->closed.seq > 0 || opening->own.seq > 0;
}

/* A batch of a stream that is not the one we hold. */
static enum inbox_event judge_other_stream(struct inbox *inbox, const struct position *before,
                                           const struct inbox_opening *opening)
{
    if (is_still_queued(inbox, before->stream_id) || was_left(inbox, before->stream_id))
        return INBOX_REPEATS;
    if (before->seq != 0 || opening == NULL) /* the batch that opens it may have been overtaken */
        return INBOX_LEAPS;
    if (is_no_stream(inbox->received.stream_id))
        return has_something_before(opening) && !MUTANT(earlier_stream_skipped) ? INBOX_LEAPS
                                                                                : INBOX_OPENS;
    const struct position *closed = closing_of_held(inbox, opening);
    if (closed == NULL)
        return INBOX_MISFITS;
    if (closed->seq > inbox->received.seq && !MUTANT(closed_stream_cut))
        return INBOX_LEAPS; /* what counts of the closed stream is delivered first */
    /* Holding more than was closed is what an operator's recovery from an old copy looks like. */
    bool is_at_end = closed->seq == inbox->received.seq;
    if (is_at_end && memcmp(closed->digest, inbox->received.digest, SHA256_SIZE) != 0)
        return INBOX_MISFITS;
    return INBOX_OPENS;
}

enum inbox_effect inbox_judge(struct inbox *inbox, const struct position *before,
                              const struct inbox_opening *opening)
{
    if (!is_same_stream(before->stream_id, inbox->received.stream_id))
        return step(inbox, judge_other_stream(inbox, before, opening));
    if (before->seq < inbox->received.seq && MUTANT(resent_applied_again))
        inbox->received = *before;
    if (before->seq > inbox->received.seq && !MUTANT(hole_passed))
        return step(inbox, INBOX_LEAPS);
    if (before->seq == inbox->received.seq &&
        memcmp(before->digest, inbox->received.digest, SHA256_SIZE) != 0 &&
        !MUTANT(digest_not_compared))
        return step(inbox, INBOX_MISFITS);
    return step(inbox, INBOX_CONTINUES);
}

void inbox_switch(struct inbox *inbox, const struct position *before)
{
    memmove(inbox->left[1], inbox->left[0], (INBOX_LEFT_MAX - 1) * STREAM_ID_SIZE);
    memcpy(inbox->left[0], inbox->received.stream_id, STREAM_ID_SIZE);
    inbox->received = *before;
    if (inbox->queue.count == 0)
        inbox->applied = *before;
}

/* Moves the chain through the entry; its seq must follow. */
static enum status chain_through(struct position *chain, const struct queued_entry *entry)
{
    if (!is_same_stream(entry->through.stream_id, chain->stream_id))
        return STATUS_OUT_OF_RANGE;
    if (entry->is_gap) {
        if (entry->through.seq <= chain->seq)
            return STATUS_OUT_OF_RANGE;
        *chain = entry->through;
        return STATUS_OK;
    }
    if (entry->through.seq != chain->seq + 1)
        return STATUS_OUT_OF_RANGE;
    chain->seq++;
    chain_next(chain->digest, entry->header_bytes);
    return STATUS_OK;
}

enum status inbox_offer(struct inbox *inbox, struct position *chain,
                        const struct queued_entry *entry)
{
    uint64_t before = chain->seq;
    TRY(chain_through(chain, entry));
    if (chain->seq < inbox->received.seq)
        return STATUS_OK; /* held already, and the chain goes on through it */
    if (chain->seq == inbox->received.seq) {
        if (memcmp(chain->digest, inbox->received.digest, SHA256_SIZE) == 0 ||
            (entry->is_gap && MUTANT(marker_digest_unchecked)))
            return STATUS_OK;
        (void)step(inbox, INBOX_MISFITS);
        return STATUS_STREAM_FORKED;
    }
    if (before < inbox->received.seq && !entry->is_gap)
        return STATUS_OUT_OF_RANGE;
    /* A marker that spans our position shows no digest there: it has to be sent from there. */
    if (before < inbox->received.seq)
        return STATUS_BACKLOG;
    struct queued_entry row = *entry;
    row.through = *chain;
    bool has_room = entry_queue_push(&inbox->queue, &row) != NULL;
    sodium_memzero(row.case_key, sizeof row.case_key);
    if (!has_room)
        return STATUS_BACKLOG;
    inbox->received = *chain;
    return STATUS_OK;
}

void inbox_applied(struct inbox *inbox, unsigned count)
{
    INVARIANT(count <= inbox->queue.count);
    for (unsigned i = 0; i < count; i++) {
        inbox->applied = entry_queue_at(&inbox->queue, 0)->through;
        entry_queue_pop(&inbox->queue);
    }
    /* A stream that was begun while the former one's entries waited: now it is where we stand. */
    if (inbox->queue.count == 0)
        inbox->applied = inbox->received;
}

uint64_t inbox_credit_entries(const struct inbox *inbox, bool is_pressed)
{
    bool is_shut = is_pressed && !MUTANT(credit_under_pressure);
    return is_shut || inbox->state == INBOX_FORKED ? 0 : CREDIT_ENTRIES;
}

uint64_t inbox_credit_bytes(const struct inbox *inbox, bool is_pressed)
{
    return inbox_credit_entries(inbox, is_pressed) == 0 ? 0 : CREDIT_BYTES;
}
