/* The calendar, beside a small table of rules. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_rules.h"
#include "tests/unit/classification/tables_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rules_try(view_of_text(small_rules), view_of(bytes, size));
    return 0;
}
