/* The table of rules, beside a small calendar. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_rules.h"
#include "tests/unit/classification/tables_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rules_try(view_of(bytes, size), view_of_text(small_calendar));
    return 0;
}
