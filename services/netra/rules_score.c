/* Counting, nothing else: what the labels mean is deploy/rules/README.md's business. */
#include "services/netra/rules_score.h"

#include <string.h>

static const char VIOLATION[] = "violation";

const char *score_part_word(enum score_part part)
{
    switch (part) {
    case SCORE_OUTCOME:
        return "outcome";
    case SCORE_PRIMARY:
        return "primary";
    case SCORE_CODES:
        return "codes";
    case SCORE_STAGE:
        return "stage";
    case SCORE_ELECTION:
        return "election";
    case SCORE_AUTHORITY:
        return "authority";
    case SCORE_ACTOR:
        return "actor";
    case SCORE_PARTS:
        break;
    }
    return "";
}

static bool has_code(const struct score_codes *codes, const char *code)
{
    for (unsigned i = 0; i < codes->count; i++) {
        if (strcmp(codes->codes[i], code) == 0)
            return true;
    }
    return false;
}

static unsigned shared_count(const struct score_codes *expected, const struct score_codes *decided)
{
    unsigned count = 0;

    for (unsigned i = 0; i < decided->count; i++)
        count += has_code(expected, decided->codes[i]);
    return count;
}

static bool is_violation(const struct score_words *words)
{
    return strcmp(words->outcome, VIOLATION) == 0;
}

/* Candidates of a report that needs information are no codes found: they aren't scored. */
static struct score_codes codes_found(const struct score_words *words)
{
    return is_violation(words) ? words->codes : (struct score_codes){.count = 0};
}

/* Whether the part says anything for that label. */
static bool is_asked(enum score_part part, const struct score_label *label,
                     const struct score_words *decided)
{
    switch (part) {
    case SCORE_OUTCOME:
    case SCORE_PRIMARY:
    case SCORE_ACTOR:
        return true;
    case SCORE_CODES:
        return is_violation(&label->expected) || is_violation(decided);
    case SCORE_STAGE:
    case SCORE_ELECTION:
    case SCORE_AUTHORITY:
        return is_violation(&label->expected);
    case SCORE_PARTS:
        break;
    }
    return false;
}

static bool is_right(enum score_part part, const struct score_label *label,
                     const struct score_words *decided)
{
    const struct score_words *expected = &label->expected;
    const struct score_codes wanted = codes_found(expected);
    const struct score_codes found = codes_found(decided);

    switch (part) {
    case SCORE_OUTCOME:
        return strcmp(expected->outcome, decided->outcome) == 0;
    case SCORE_PRIMARY:
        return has_code(&label->acceptable, decided->primary);
    case SCORE_CODES:
        return wanted.count == found.count && shared_count(&wanted, &found) == found.count;
    case SCORE_STAGE:
        return strcmp(expected->stage, decided->stage) == 0;
    case SCORE_ELECTION:
        return strcmp(expected->election, decided->election) == 0;
    case SCORE_AUTHORITY:
        return strcmp(expected->authority, decided->authority) == 0;
    case SCORE_ACTOR:
        return strcmp(expected->actor, decided->actor) == 0;
    case SCORE_PARTS:
        break;
    }
    return false;
}

unsigned score_compare(const struct score_label *label, const struct score_words *decided)
{
    unsigned differences = 0;

    for (unsigned part = 0; part < SCORE_PARTS; part++) {
        if (is_asked((enum score_part)part, label, decided) &&
            !is_right((enum score_part)part, label, decided))
            differences |= SCORE_BIT(part);
    }
    return differences;
}

void score_add(struct score *score, const struct score_label *label,
               const struct score_words *decided, bool is_auto)
{
    const unsigned differences = score_compare(label, decided);
    const struct score_codes wanted = codes_found(&label->expected);
    const struct score_codes found = codes_found(decided);

    score->count++;
    for (unsigned part = 0; part < SCORE_PARTS; part++) {
        if (!is_asked((enum score_part)part, label, decided))
            continue;
        score->parts[part].of++;
        score->parts[part].right += (differences & SCORE_BIT(part)) == 0;
    }
    score->codes_both += shared_count(&wanted, &found);
    score->codes_expected += wanted.count;
    score->codes_decided += found.count;
    score->auto_count += is_auto;
    score->auto_right +=
        is_auto && (differences & (SCORE_BIT(SCORE_OUTCOME) | SCORE_BIT(SCORE_PRIMARY))) == 0;
}

bool score_share(struct score_ratio ratio, double *ret_share)
{
    if (ratio.of == 0)
        return false;
    *ret_share = (double)ratio.right / (double)ratio.of;
    return true;
}

bool score_codes_f1(const struct score *score, double *ret_f1)
{
    const struct score_ratio ratio = {
        .right = 2 * score->codes_both,
        .of = score->codes_expected + score->codes_decided,
    };

    return score_share(ratio, ret_f1);
}
