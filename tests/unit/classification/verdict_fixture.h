/*
 * A verdict with every list as long as it may be.
 */
#ifndef NETRA_TESTS_UNIT_CLASSIFICATION_VERDICT_FIXTURE_H
#define NETRA_TESTS_UNIT_CLASSIFICATION_VERDICT_FIXTURE_H

#include "services/classification/verdict.h"

struct verdict verdict_fixture_full(void);

#endif
