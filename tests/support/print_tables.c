/*
 * Prints the state machines from the tables that the code steps by, as docs/state-machines.md:
 * print_tables [FILE]. With FILE it prints nothing and checks that the file holds exactly this.
 *
 * Why: a table that is copied by hand is right once. Each machine is printed twice, as a table
 * that is read anywhere and as a graph (Graphviz) of what moves or does something.
 * Exit status 0: printed, or the same; 1: the file differs or can't be read.
 */
#include "common/delivery/inbox.h"
#include "common/delivery/window.h"
#include "services/classification/lease_state.h"
#include "services/worker/worker.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES 65536u

enum move { MOVE_NEVER, MOVE_IGNORE, MOVE_GO };

struct cell {
    enum move move;
    unsigned next;
    const char *effect; /* NULL: none */
};

struct machine {
    const char *name;
    const char *source;
    unsigned state_count;
    unsigned event_count;
    const char *(*state_name)(unsigned state);
    const char *(*event_name)(unsigned event);
    struct cell (*cell)(unsigned state, unsigned event);
};

/* ---- the four machines ---- */

#define NAME(prefix, name) [prefix##name] = #name

static const char *window_state(unsigned state)
{
    static const char *const names[WINDOW_STATE_COUNT] = {
        NAME(WINDOW_, DOWN),
        NAME(WINDOW_, GREETING),
        NAME(WINDOW_, OPEN),
        NAME(WINDOW_, STOPPED),
    };
    return names[state];
}

static const char *window_event(unsigned event)
{
    static const char *const names[WINDOW_EVENT_COUNT] = {
        NAME(WINDOW_, CONNECTS),    NAME(WINDOW_, DISCONNECTS),  NAME(WINDOW_, IS_ANSWERED),
        NAME(WINDOW_, IS_OLD_NEWS), NAME(WINDOW_, IS_FORGOTTEN), NAME(WINDOW_, IS_FORKED),
        NAME(WINDOW_, RESETS),
    };
    return names[event];
}

static struct cell window_cell_of(unsigned state, unsigned event)
{
    static const char *const effects[] = {
        [WINDOW_NOTHING] = NULL, NAME(WINDOW_, GREET), NAME(WINDOW_, MOVE),
        NAME(WINDOW_, ALARM),    NAME(WINDOW_, STOP),
    };
    struct window_cell cell = window_cell_at((enum window_state)state, (enum window_event)event);
    return (struct cell){.move = MOVE_GO, .next = cell.next, .effect = effects[cell.effect]};
}

static const char *inbox_state_name(unsigned state)
{
    static const char *const names[INBOX_STATE_COUNT] = {
        NAME(INBOX_, EMPTY),
        NAME(INBOX_, FOLLOWING),
        NAME(INBOX_, FORKED),
    };
    return names[state];
}

static const char *inbox_event_name(unsigned event)
{
    static const char *const names[INBOX_EVENT_COUNT] = {
        NAME(INBOX_, CONTINUES), NAME(INBOX_, LEAPS),   NAME(INBOX_, OPENS),
        NAME(INBOX_, REPEATS),   NAME(INBOX_, MISFITS), NAME(INBOX_, RESETS),
    };
    return names[event];
}

static struct cell inbox_cell_of(unsigned state, unsigned event)
{
    static const char *const effects[] = {
        NAME(INBOX_, TAKE),  NAME(INBOX_, SWITCH), NAME(INBOX_, ASK),
        NAME(INBOX_, ALARM), NAME(INBOX_, DROP),   NAME(INBOX_, GO_ON),
    };
    struct inbox_cell cell = inbox_cell_at((enum inbox_state)state, (enum inbox_event)event);
    return (struct cell){.move = MOVE_GO, .next = cell.next, .effect = effects[cell.effect]};
}

static const char *lease_state(unsigned state)
{
    return lease_state_name((enum lease_state)state);
}

static const char *lease_event(unsigned event)
{
    return lease_event_name((enum lease_event)event);
}

static struct cell lease_cell_of(unsigned state, unsigned event)
{
    static const enum move moves[] = {
        [LEASE_MOVE_NEVER] = MOVE_NEVER,
        [LEASE_MOVE_IGNORE] = MOVE_IGNORE,
        [LEASE_MOVE_GO] = MOVE_GO,
    };
    static const char *const effects[] = {
        [LEASE_EFFECT_NONE] = NULL,
        NAME(LEASE_EFFECT_, RECORD),
        NAME(LEASE_EFFECT_, WIPE),
    };
    struct lease_cell cell = lease_state_step((enum lease_state)state, (enum lease_event)event);
    return (struct cell){
        .move = moves[cell.move],
        .next = cell.next,
        .effect = effects[cell.effect],
    };
}

static const char *worker_state(unsigned state)
{
    return worker_state_name((enum worker_state)state);
}

static const char *worker_event(unsigned event)
{
    return worker_event_name((enum worker_event)event);
}

static struct cell worker_cell_of(unsigned state, unsigned event)
{
    static const char *const effects[] = {
        [WORKER_EFFECT_NONE] = NULL,          NAME(WORKER_EFFECT_, ASK),
        NAME(WORKER_EFFECT_, ANSWER_AND_ASK), NAME(WORKER_EFFECT_, DECIDE),
        NAME(WORKER_EFFECT_, DECIDE_AND_ASK), NAME(WORKER_EFFECT_, HOLD_AND_FETCH),
        NAME(WORKER_EFFECT_, FETCH),          NAME(WORKER_EFFECT_, ANSWER_AND_FETCH),
        NAME(WORKER_EFFECT_, WITHDRAW),
    };
    struct worker_cell cell =
        worker_table_step((enum worker_state)state, (enum worker_event)event);
    return (struct cell){
        .move = cell.is_ignored ? MOVE_IGNORE : MOVE_GO,
        .next = cell.next,
        .effect = effects[cell.effect],
    };
}

static const struct machine machines[] = {
    {"window", "common/delivery/window.h", WINDOW_STATE_COUNT, WINDOW_EVENT_COUNT, window_state,
     window_event, window_cell_of},
    {"inbox", "common/delivery/inbox.h", INBOX_STATE_COUNT, INBOX_EVENT_COUNT, inbox_state_name,
     inbox_event_name, inbox_cell_of},
    {"lease", "services/classification/lease_state.h", LEASE_STATE_COUNT, LEASE_EVENT_COUNT,
     lease_state, lease_event, lease_cell_of},
    {"worker", "services/worker/worker.h", WORKER_STATE_COUNT, WORKER_EVENT_COUNT, worker_state,
     worker_event, worker_cell_of},
};

/* ---- the text ---- */

struct text {
    char bytes[TEXT_BYTES];
    size_t size;
    bool is_cut;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t room = sizeof text->bytes - text->size;
    int length = vsnprintf(text->bytes + text->size, room, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= room)
        text->is_cut = true;
    else
        text->size += (size_t)length;
}

static bool is_idle(const struct cell *cell, unsigned state)
{
    return cell->move == MOVE_IGNORE ||
           (cell->move == MOVE_GO && cell->next == state && cell->effect == NULL);
}

static void put_cell(struct text *text, const struct machine *machine, unsigned state,
                     unsigned event)
{
    struct cell cell = machine->cell(state, event);
    if (cell.move == MOVE_NEVER)
        put(text, " never |");
    else if (is_idle(&cell, state))
        put(text, " – |");
    else if (cell.effect == NULL)
        put(text, " → %s |", machine->state_name(cell.next));
    else if (cell.next == state)
        put(text, " %s |", cell.effect);
    else
        put(text, " → %s, %s |", machine->state_name(cell.next), cell.effect);
}

static void put_table(struct text *text, const struct machine *machine)
{
    put(text, "| |");
    for (unsigned state = 0; state < machine->state_count; state++)
        put(text, " %s |", machine->state_name(state));
    put(text, "\n| --- |");
    for (unsigned state = 0; state < machine->state_count; state++)
        put(text, " --- |");
    for (unsigned event = 0; event < machine->event_count; event++) {
        put(text, "\n| **%s** |", machine->event_name(event));
        for (unsigned state = 0; state < machine->state_count; state++)
            put_cell(text, machine, state, event);
    }
    put(text, "\n");
}

static void put_graph(struct text *text, const struct machine *machine)
{
    put(text, "```dot\ndigraph %s {\n", machine->name);
    for (unsigned state = 0; state < machine->state_count; state++) {
        for (unsigned event = 0; event < machine->event_count; event++) {
            struct cell cell = machine->cell(state, event);
            if (cell.move != MOVE_GO || is_idle(&cell, state))
                continue;
            put(text, "    %s -> %s [label=\"%s%s%s\"];\n", machine->state_name(state),
                machine->state_name(cell.next), machine->event_name(event),
                cell.effect != NULL ? " / " : "", cell.effect != NULL ? cell.effect : "");
        }
    }
    put(text, "}\n```\n");
}

static void put_document(struct text *text)
{
    put(text,
        "# State machines\n\n"
        "Printed from the tables that the code steps by; a test compares. After a change:\n"
        "`build/dev/bin/print_tables >docs/state-machines.md`.\n\n"
        "A column is a state, a row an event, a cell what follows: the next state, where it is\n"
        "another one, and the effect that the edge performs. `–`: nothing changes and nothing is\n"
        "done. `never`: only a bug of ours brings it, and the program stops. What states, events\n"
        "and effects mean stands in the header.\n");
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        put(text, "\n## %s\n\n[%s](../%s)\n\n", machines[i].name, machines[i].source,
            machines[i].source);
        put_table(text, &machines[i]);
        put(text, "\n");
        put_graph(text, &machines[i]);
    }
}

/* Names the first line of the file that differs. */
static int compare(const struct text *text, const char *path)
{
    static char held[TEXT_BYTES];
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        (void)fprintf(stderr, "print_tables: %s can't be read\n", path);
        return 1;
    }
    size_t size = fread(held, 1, sizeof held, file);
    (void)fclose(file);
    unsigned line = 1;
    size_t at = 0;
    for (; at < size && at < text->size && held[at] == text->bytes[at]; at++)
        line += held[at] == '\n';
    if (at == size && at == text->size)
        return 0;
    (void)fprintf(stderr, "%s:%u: not what the tables say; print it anew: print_tables >%s\n",
                  path, line, path);
    return 1;
}

int main(int count, char **words)
{
    static struct text text;
    put_document(&text);
    if (text.is_cut) {
        (void)fputs("print_tables: the text is longer than TEXT_BYTES\n", stderr);
        return 1;
    }
    if (count > 1)
        return compare(&text, words[1]);
    return fwrite(text.bytes, 1, text.size, stdout) == text.size ? 0 : 1;
}
