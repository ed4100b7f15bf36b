/* Pins. */
#include "services/classification/classification.h"

#include <string.h>

struct ruleset_pin pin_of_ruleset(const struct ruleset *ruleset)
{
    struct ruleset_pin pin = {.engine = CLASSIFICATION_ENGINE};
    memcpy(pin.digest, ruleset_digest(ruleset), SHA256_SIZE);
    return pin;
}

bool ruleset_pin_equals(const struct ruleset_pin *a, const struct ruleset_pin *b)
{
    return a->engine == b->engine && memcmp(a->digest, b->digest, SHA256_SIZE) == 0;
}
