/*
 * The table behind the one list of outcomes.
 */
#include "common/base/status.h"

#include "common/base/invariant.h"

#include <stddef.h>
#include <string.h>

struct status_row {
    const char *name;
    const char *text;
    enum status_class class_of;
    int exit_status;
};

static const struct status_row rows[STATUS_COUNT] = {
#define X(status_name_, status_class_, exit_status_, status_text_) \
    [STATUS_##status_name_] = {                                    \
        .name = #status_name_,                                     \
        .text = (status_text_),                                    \
        .class_of = STATUS_CLASS_##status_class_,                  \
        .exit_status = (exit_status_),                             \
    },
    STATUS_LIST(X)
#undef X
};

static const struct status_row *row_of(enum status status)
{
    /* A number from the wire is turned into a status by status_from_name only: another value
     * here is our bug. */
    INVARIANT((unsigned)status < (unsigned)STATUS_COUNT);
    return &rows[status];
}

const char *status_name(enum status status)
{
    return row_of(status)->name;
}

const char *status_text(enum status status)
{
    return row_of(status)->text;
}

enum status_class status_class_of(enum status status)
{
    return row_of(status)->class_of;
}

int status_exit(enum status status)
{
    return row_of(status)->exit_status;
}

enum status status_from_name(const char *name)
{
    for (unsigned index = 0; index < (unsigned)STATUS_COUNT; index++) {
        if (strcmp(rows[index].name, name) == 0)
            return (enum status)index;
    }
    return STATUS_COUNT;
}
