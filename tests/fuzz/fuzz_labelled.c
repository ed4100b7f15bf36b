/*
 * Files of labelled reports, as `netra rules score` reads them: whatever stands in one, each
 * report is decided or refused, once a line.
 */
#include "services/classification/verdict.h"
#include "services/netra/labelled.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tables.h"

static size_t count_lines(struct view file)
{
    size_t count = 1;
    for (size_t i = 0; i < file.size; i++)
        count += file.bytes[i] == '\n' ? 1 : 0;
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct view file = view_of(bytes, size);
    struct labelled labelled;
    struct diag diag = {0};
    bool is_there = true;
    uint64_t before = 0;
    FUZZ_CHECK(labelled_open(&labelled, fuzz_file(file), tables_ruleset(), FUZZ_TODAY, &diag) ==
               STATUS_OK);
    while (is_there) {
        struct labelled_report report;
        json_t *object = NULL;
        enum status status = labelled_next(&labelled, &object, &report, &is_there, &diag);
        if (status == STATUS_FACTS_INVALID) /* its paths have the file's own names of fields */
            fuzz_check_table_refused(status, &diag);
        else if (status != STATUS_OK)
            fuzz_check_refused(status, &diag);
        if (status == STATUS_OK && is_there)
            FUZZ_CHECK(verdict_check(&report.verdict, &diag) == STATUS_OK);
        FUZZ_CHECK(!is_there || labelled.line > before);
        before = labelled.line;
        diag_clear(&diag);
        json_decref(object);
    }
    FUZZ_CHECK(before <= count_lines(file));
    labelled_close(&labelled);
    return 0;
}
