/*
 * Reads NETRA_FAULTS and makes the named points die or fail. Empty without NETRA_FAULT_POINTS.
 */
#include "common/base/fault_point.h"

#ifdef NETRA_FAULT_POINTS

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum fault_action { ACTION_KILL, ACTION_ABORT, ACTION_FULL, ACTION_IO, ACTION_SYNC, ACTION_COUNT };

struct fault {
    enum fault_point point;
    enum fault_action action;
    uint64_t first;  /* acts at this pass */
    bool is_lasting; /* and at every later one */
    bool has_key;
    uint64_t key;
    uint64_t passes; /* that fitted the key, until now */
};

/* More than any test arms; the text's limit is far beyond what that many need. */
#define FAULTS_MAX 16
#define FAULTS_TEXT_MAX 2048

static struct fault faults[FAULTS_MAX];
static size_t fault_count;
static bool is_read;
static const struct fault_listener *listening;

static const char *const point_names[FAULT_COUNT] = {
#define X(name, where) [FAULT_##name] = #name,
    FAULT_POINT_LIST(X)
#undef X
};

static const char *const action_names[ACTION_COUNT] = {
    [ACTION_KILL] = "kill", [ACTION_ABORT] = "abort", [ACTION_FULL] = "full",
    [ACTION_IO] = "io",     [ACTION_SYNC] = "sync",
};

__attribute__((noreturn)) static void refuse(const char *what, const char *where)
{
    (void)dprintf(STDERR_FILENO, "NETRA_FAULTS: %s: '%s'\n", what, where);
    _exit(2);
}

/* The index of the name that is exactly the first `size` bytes of `text`, or `count`. */
static size_t index_of_name(const char *const *names, size_t count, const char *text, size_t size)
{
    for (size_t index = 0; index < count; index++) {
        if (strlen(names[index]) == size && memcmp(names[index], text, size) == 0)
            return index;
    }
    return count;
}

/* Reads a decimal number and moves the cursor behind it. */
static uint64_t read_number(const char **cursor)
{
    if (**cursor < '0' || **cursor > '9')
        refuse("expected a number at", *cursor);
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(*cursor, &end, 10);
    if (errno != 0)
        refuse("the number is too large", *cursor);
    *cursor = end;
    return (uint64_t)number;
}

/* Reads one `name=action[@N][+][#KEY]`. */
static struct fault read_fault(const char *text)
{
    size_t name_size = strcspn(text, "=");
    size_t point = index_of_name(point_names, FAULT_COUNT, text, name_size);
    if (point == FAULT_COUNT)
        refuse("no such fault point", text);
    if (text[name_size] == '\0')
        refuse("expected name=action", text);
    const char *cursor = text + name_size + 1;
    size_t action_size = strcspn(cursor, "@#");
    size_t action = index_of_name(action_names, ACTION_COUNT, cursor, action_size);
    if (action == ACTION_COUNT)
        refuse("no such action", text);
    struct fault fault = {
        .point = (enum fault_point)point,
        .action = (enum fault_action)action,
        .first = 1,
    };
    cursor += action_size;
    if (*cursor == '@') {
        cursor++;
        fault.first = read_number(&cursor);
        if (fault.first == 0)
            refuse("passes are counted from 1", text);
        if (*cursor == '+') {
            fault.is_lasting = true;
            cursor++;
        }
    }
    if (*cursor == '#') {
        cursor++;
        fault.has_key = true;
        fault.key = read_number(&cursor);
    }
    if (*cursor != '\0')
        refuse("not understood from", cursor);
    return fault;
}

static void read_faults(void)
{
    const char *variable = getenv("NETRA_FAULTS");
    if (variable == NULL || *variable == '\0')
        return;
    char text[FAULTS_TEXT_MAX];
    size_t length = strlen(variable);
    if (length >= sizeof text)
        refuse("too long", variable);
    memcpy(text, variable, length + 1);
    char *entry = text;
    for (bool is_last = false; !is_last;) {
        char *end = entry + strcspn(entry, ",");
        is_last = *end == '\0';
        *end = '\0';
        if (fault_count == FAULTS_MAX)
            refuse("too many faults from", entry);
        faults[fault_count++] = read_fault(entry);
        entry = end + 1;
    }
}

static enum status act(enum fault_action action)
{
    switch (action) {
    case ACTION_KILL:
        (void)kill(getpid(), SIGKILL);
        /* The signal may be delivered a moment later: nothing after the point may run. */
        for (;;)
            (void)pause();
    case ACTION_ABORT:
        abort();
    case ACTION_FULL:
        return STATUS_STORE_FULL;
    case ACTION_IO:
        return STATUS_STORE_IO;
    case ACTION_SYNC:
        return STATUS_STORE_SYNC_FAILED;
    case ACTION_COUNT:
        break;
    }
    return STATUS_OK;
}

/* Counts this pass of a point and tells whether the fault acts now. */
static bool fault_is_due(struct fault *fault, enum fault_point point, uint64_t key)
{
    if (fault->point != point || (fault->has_key && fault->key != key))
        return false;
    fault->passes++;
    return fault->passes == fault->first || (fault->is_lasting && fault->passes > fault->first);
}

void fault_point_listen(const struct fault_listener *listener)
{
    listening = listener;
}

const char *fault_point_name(enum fault_point point)
{
    return point_names[point];
}

enum status fault_point_pass(enum fault_point point, uint64_t key)
{
    if (listening != NULL)
        TRY(listening->passed(listening->self, point, key));
    if (!is_read) {
        is_read = true;
        read_faults();
    }
    enum status status = STATUS_OK;
    for (size_t index = 0; index < fault_count; index++) {
        if (!fault_is_due(&faults[index], point, key))
            continue;
        enum status result = act(faults[index].action);
        if (status == STATUS_OK)
            status = result;
    }
    return status;
}

#endif
