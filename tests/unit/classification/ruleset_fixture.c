/* Loaded once for a group. */
#include "ruleset_fixture.h"

#include "services/classification/classification_tables.h"
#include "tests/support/test.h"

struct ruleset *ruleset_fixture;

int ruleset_fixture_load(void **state)
{
    (void)state;
    struct diag diag = {0};
    enum status status = tables_load_files(RULESET_FIXTURE_RULES, RULESET_FIXTURE_CALENDAR,
                                           &ruleset_fixture, &diag);
    if (status != STATUS_OK)
        print_error("%s\n", diag.text);
    return status == STATUS_OK ? 0 : -1;
}

int ruleset_fixture_release(void **state)
{
    (void)state;
    ruleset_free(ruleset_fixture);
    return 0;
}
