/* `netra case list`: intake's cases, classification's newest decisions, and who was told. */
#include "netra/v1/door.pb-c.h"
#include "services/netra/case_json.h"
#include "services/netra/case_rows.h"
#include "services/netra/case_told.h"
#include "services/netra/command.h"
#include "services/netra/pages.h"

#include <string.h>

static enum status ask_cases(struct command *command, uint64_t after,
                             const Netra__V1__CaseRows **ret_page)
{
    ProtobufCMessage *unpacked = NULL;

    TRY(page_ask(command, DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASES, after,
                 &netra__v1__case_rows__descriptor, &unpacked));
    *ret_page = (const Netra__V1__CaseRows *)unpacked;
    return STATUS_OK;
}

/* Whether the code is the region or lies within it: "36" has "36.04". */
static bool is_within(const char *code, const char *region)
{
    const size_t size = strlen(region);

    return strncmp(code, region, size) == 0 && (code[size] == '\0' || code[size] == '.');
}

static bool is_asked_for(const struct arguments *arguments, const char *code)
{
    for (unsigned i = 0; i < arguments->region_count; i++) {
        if (is_within(code, arguments->regions[i]))
            return true;
    }
    return arguments->region_count == 0;
}

static enum status print_case(struct command *command, const struct case_decisions *decisions,
                              const struct case_told *told, const Netra__V1__CaseRow *row)
{
    const Netra__V1__DecisionRow *decided = NULL;
    const struct case_decision *decision = NULL;

    if (row->case_handle.len != CASE_HANDLE_SIZE) {
        diag_set(&command->diag, "intake: a case handle of %zu bytes", row->case_handle.len);
        return STATUS_MALFORMED;
    }
    if (!is_asked_for(command->arguments, row->region))
        return STATUS_OK;
    const size_t mark = arena_mark(&command->arena);

    decision = case_decisions_find(decisions, row->case_handle.data);
    if (decision != NULL)
        TRY(case_decision_row(decision, &command->arena, &decided, &command->diag));
    json_t *object = case_new();

    case_put_row(object, row);
    if (decided != NULL)
        case_put_decision_row(object, decided);
    (void)json_object_set_new(object, "told", case_told_roles(told, row->case_handle.data));
    arena_rewind(&command->arena, mark);
    output_list_row(&command->output, object);
    return STATUS_OK;
}

enum status case_list(struct command *command)
{
    static const struct column columns[] = {
        {"case_number", 14}, {"region", 6}, {"incident_date", 13}, {"outcome", 13},
        {"primary", 22},     {"stage", 11}, {"disposition", 11},   {"told", 4},
    };
    struct case_decisions decisions;
    struct case_told told;
    const Netra__V1__CaseRows *page = NULL;
    uint64_t after = 0;

    /* Decisions first: a case that is newer than they are is only shown as not decided yet. */
    TRY(case_told_load(command, &told));
    TRY(case_decisions_load(command, &decisions));
    TRY(ask_cases(command, 0, &page));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    while (page->n_cases > 0) {
        for (size_t i = 0; i < page->n_cases; i++)
            TRY(print_case(command, &decisions, &told, page->cases[i]));
        after = page->cases[page->n_cases - 1]->id;
        TRY(ask_cases(command, after, &page));
    }
    output_list_end(&command->output);
    return STATUS_OK;
}
