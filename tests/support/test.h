/*
 * cmocka's required includes in their required order, and the shape of a table test.
 */
#ifndef NETRA_TESTS_SUPPORT_TEST_H
#define NETRA_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h> /* after the four above: cmocka 1.1.5 asks for it */

/* A CMUnitTest per row of `cases`: each row reports its own sentence. `cases` is an array whose
 * rows begin with `const char *name`; `function` gets a pointer to its row through *state. */
#define TEST_TABLE(tests, cases, function)                                   \
    struct CMUnitTest tests[sizeof(cases) / sizeof((cases)[0])];             \
    for (size_t row_ = 0; row_ < sizeof(cases) / sizeof((cases)[0]); row_++) \
        tests[row_] = (struct CMUnitTest){                                   \
            .name = (cases)[row_].name,                                      \
            .test_func = (function),                                         \
            .initial_state = &(cases)[row_],                                 \
        };

#endif
