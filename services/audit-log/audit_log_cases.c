/* The cases' newest leaves: a place by the handle's random half. */
#include "services/audit-log/audit_log_cases.h"

#include "common/base/bytes.h"

#include <string.h>

static unsigned place_of(const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    return (unsigned)(bytes_get_u64(case_handle + 8) % AUDIT_LOG_CASES_KEPT);
}

/* Whether the table may have the case. */
static enum status may_be_there(struct audit_log_cases *cases,
                                const uint8_t case_handle[CASE_HANDLE_SIZE], bool *ret_may)
{
    if (!cases->is_largest_known)
        TRY(audit_log_store_last_case(cases->tables, cases->largest));
    cases->is_largest_known = true;
    *ret_may = memcmp(case_handle, cases->largest, CASE_HANDLE_SIZE) <= 0;
    return STATUS_OK;
}

/* The case's place; what another had there is written first. */
static enum status take_place(struct audit_log_cases *cases,
                              const uint8_t case_handle[CASE_HANDLE_SIZE],
                              struct audit_log_known_case **ret_known)
{
    struct audit_log_known_case *known = &cases->places[place_of(case_handle)];
    bool is_its =
        known->is_known && memcmp(known->case_handle, case_handle, CASE_HANDLE_SIZE) == 0;
    if (!is_its && known->is_unwritten)
        TRY(audit_log_cases_write(cases));
    if (!is_its)
        *known = (struct audit_log_known_case){.is_known = false};
    memcpy(known->case_handle, case_handle, CASE_HANDLE_SIZE);
    *ret_known = known;
    return STATUS_OK;
}

enum status audit_log_cases_get(struct audit_log_cases *cases,
                                const uint8_t case_handle[CASE_HANDLE_SIZE],
                                struct audit_log_case *ret_case)
{
    struct audit_log_known_case *known = NULL;
    bool may_be = false;
    TRY(take_place(cases, case_handle, &known));
    if (!known->is_known) {
        TRY(may_be_there(cases, case_handle, &may_be));
        if (may_be)
            TRY(audit_log_store_get_case(cases->tables, case_handle, &known->newest));
    }
    known->is_known = true;
    *ret_case = known->newest;
    return STATUS_OK;
}

enum status audit_log_cases_put(struct audit_log_cases *cases,
                                const uint8_t case_handle[CASE_HANDLE_SIZE],
                                const struct audit_log_case *newest)
{
    struct audit_log_known_case *known = NULL;
    bool may_be = false;
    TRY(may_be_there(cases, case_handle, &may_be));
    if (!may_be)
        memcpy(cases->largest, case_handle, CASE_HANDLE_SIZE);
    if (cases->unwritten_count == AUDIT_LOG_CASES_UNWRITTEN)
        TRY(audit_log_cases_write(cases));
    TRY(take_place(cases, case_handle, &known));
    if (!known->is_unwritten)
        cases->unwritten[cases->unwritten_count++] = (uint16_t)place_of(case_handle);
    known->newest = *newest;
    known->is_known = true;
    known->is_unwritten = true;
    return STATUS_OK;
}

enum status audit_log_cases_write(struct audit_log_cases *cases)
{
    for (unsigned i = 0; i < cases->unwritten_count; i++) {
        struct audit_log_known_case *known = &cases->places[cases->unwritten[i]];
        TRY(audit_log_store_put_case(cases->tables, known->case_handle, &known->newest));
        known->is_unwritten = false;
    }
    cases->unwritten_count = 0;
    return STATUS_OK;
}

void audit_log_cases_forget(struct audit_log_cases *cases)
{
    memset(cases->places, 0, sizeof cases->places);
    cases->unwritten_count = 0;
    cases->is_largest_known = false;
}
