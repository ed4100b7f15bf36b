/*
 * The sending side towards one destination, pure.
 */
#include "common/delivery/window.h"

#include "common/base/mutant.h"

#define GO(state, what)                                 \
    {                                                   \
        .next = WINDOW_##state, .effect = WINDOW_##what \
    }

static const struct window_cell table[WINDOW_STATE_COUNT][WINDOW_EVENT_COUNT] = {
    [WINDOW_DOWN] =
        {
            [WINDOW_CONNECTS] = GO(GREETING, GREET),
            [WINDOW_DISCONNECTS] = GO(DOWN, NOTHING),
            /* The inlet hears a peer whose own inlet we haven't reached yet: proof enough of a
             * fork, but nothing can be sent. */
            [WINDOW_IS_ANSWERED] = GO(DOWN, NOTHING),
            [WINDOW_IS_OLD_NEWS] = GO(DOWN, NOTHING),
            [WINDOW_IS_FORGOTTEN] = GO(STOPPED, ALARM),
            [WINDOW_IS_FORKED] = GO(STOPPED, STOP),
            [WINDOW_RESETS] = GO(DOWN, NOTHING),
        },
    [WINDOW_GREETING] =
        {
            [WINDOW_CONNECTS] = GO(GREETING, GREET),
            [WINDOW_DISCONNECTS] = GO(DOWN, NOTHING),
            [WINDOW_IS_ANSWERED] = GO(OPEN, MOVE),
            [WINDOW_IS_OLD_NEWS] = GO(GREETING, NOTHING),
            [WINDOW_IS_FORGOTTEN] = GO(STOPPED, ALARM),
            [WINDOW_IS_FORKED] = GO(STOPPED, STOP),
            [WINDOW_RESETS] = GO(GREETING, GREET),
        },
    [WINDOW_OPEN] =
        {
            [WINDOW_CONNECTS] = GO(GREETING, GREET),
            [WINDOW_DISCONNECTS] = GO(DOWN, NOTHING),
            [WINDOW_IS_ANSWERED] = GO(OPEN, MOVE),
            [WINDOW_IS_OLD_NEWS] = GO(OPEN, NOTHING),
            [WINDOW_IS_FORGOTTEN] = GO(STOPPED, ALARM),
            [WINDOW_IS_FORKED] = GO(STOPPED, STOP),
            [WINDOW_RESETS] = GO(GREETING, GREET),
        },
    [WINDOW_STOPPED] =
        {
            [WINDOW_CONNECTS] = GO(STOPPED, GREET),
            [WINDOW_DISCONNECTS] = GO(STOPPED, NOTHING),
            [WINDOW_IS_ANSWERED] = GO(STOPPED, NOTHING),
            [WINDOW_IS_OLD_NEWS] = GO(STOPPED, NOTHING),
            [WINDOW_IS_FORGOTTEN] = GO(STOPPED, NOTHING),
            [WINDOW_IS_FORKED] = GO(STOPPED, STOP),
            [WINDOW_RESETS] = GO(GREETING, GREET),
        },
};

struct window_cell window_cell_at(enum window_state state, enum window_event event)
{
    return table[state][event];
}

static enum window_effect step(struct window *window, enum window_event event)
{
    struct window_cell cell = table[window->state][event];
    window->state = cell.next;
    return cell.effect;
}

/* What was sent on a connection that is gone must be shown again by a Hello before it goes again.
 */
static void forget_sent(struct window *window)
{
    window->sent = window->acked;
    window->sent_bytes = window->acked_bytes;
    window->credit_entries = 0;
    window->credit_bytes = 0;
}

void window_load(struct window *window, uint64_t acked, uint64_t acked_bytes)
{
    *window = (struct window){.state = WINDOW_DOWN, .acked = acked, .acked_bytes = acked_bytes};
    forget_sent(window);
}

void window_connect(struct window *window)
{
    forget_sent(window);
    (void)step(window, WINDOW_CONNECTS);
}

void window_disconnect(struct window *window)
{
    forget_sent(window);
    (void)step(window, WINDOW_DISCONNECTS);
}

void window_reset(struct window *window, uint64_t acked, uint64_t acked_bytes,
                  uint64_t number_drawn, bool is_connected)
{
    window_load(window, acked, acked_bytes);
    window->moved_at = number_drawn;
    if (is_connected)
        (void)step(window, WINDOW_CONNECTS);
}

enum window_event window_judge(const struct window *window, const struct window_answer *answer)
{
    if (answer->point != WINDOW_POINT_KNOWN)
        return WINDOW_IS_FORKED;
    /* Before our own Hello of this connection is answered, a peer may still repeat a number of
     * whoever spoke last; afterwards only a second speaker explains it (protocol.md 9). */
    if (answer->echo == WINDOW_ECHO_FOREIGN)
        return window->state == WINDOW_OPEN ? WINDOW_IS_FORKED : WINDOW_IS_OLD_NEWS;
    bool is_forgotten = answer->position < window->acked || !answer->is_store_known;
    if (is_forgotten && !MUTANT(forgetful_peer_unnoticed)) {
        bool is_fresh =
            answer->echo == WINDOW_ECHO_CURRENT && answer->echo_counter > window->moved_at;
        return is_fresh ? WINDOW_IS_FORGOTTEN : WINDOW_IS_OLD_NEWS;
    }
    if (answer->echo != WINDOW_ECHO_CURRENT)
        return WINDOW_IS_OLD_NEWS;
    return WINDOW_IS_ANSWERED;
}

enum window_effect window_answered(struct window *window, const struct window_answer *answer,
                                   uint64_t number_drawn)
{
    enum window_effect effect = step(window, window_judge(window, answer));
    if (effect != WINDOW_MOVE)
        return effect;
    if (answer->position > window->acked) {
        window->acked = answer->position;
        window->acked_bytes = answer->bytes_through;
        window->moved_at = number_drawn;
    }
    bool is_lost =
        answer->is_hello && answer->position < window->sent && !MUTANT(hello_sends_nothing_again);
    if (is_lost || window->sent < window->acked) {
        window->sent = window->acked;
        window->sent_bytes = window->acked_bytes;
    }
    window->credit_entries = answer->credit_entries;
    window->credit_bytes = answer->credit_bytes;
    return effect;
}

bool window_may_send(const struct window *window, uint64_t bytes)
{
    if (window->state != WINDOW_OPEN || window->credit_entries == 0)
        return false;
    if (window->sent == window->acked)
        return true;
    uint64_t entries_max = window->credit_entries + (MUTANT(window_off_by_one) ? 1 : 0);
    return window->sent - window->acked < entries_max &&
           window->sent_bytes - window->acked_bytes + bytes <= window->credit_bytes;
}

void window_sent(struct window *window, uint64_t position, uint64_t bytes_through)
{
    window->sent = position;
    window->sent_bytes = bytes_through;
}
