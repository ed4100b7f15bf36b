/* Loaded at the first input, released at the process's end. */
#include "tests/fuzz/tables.h"

#include "services/classification/classification_tables.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_LEAK_CHECK 1
#endif
#endif
#ifdef HAS_LEAK_CHECK
#include <sanitizer/lsan_interface.h>
#else
#define __lsan_disable() ((void)0)
#define __lsan_enable() ((void)0)
#endif

static struct ruleset *ruleset;

static void release(void)
{
    ruleset_free(ruleset);
}

const struct ruleset *tables_ruleset(void)
{
    struct diag diag = {0};
    if (ruleset != NULL)
        return ruleset;
    /* The stemmer's memory hangs on the ruleset's arena, where libFuzzer's look for leaks after
     * each input doesn't look. */
    __lsan_disable();
    FUZZ_CHECK(tables_load_files(DELIVERED_RULES "/ruleset.yaml", DELIVERED_RULES "/calendar.yaml",
                                 &ruleset, &diag) == STATUS_OK);
    __lsan_enable();
    FUZZ_CHECK(atexit(release) == 0);
    return ruleset;
}
