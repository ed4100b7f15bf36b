/* Down at once by what didn't fit and a sixteenth more; up by one for each 16 pages that did. */
#include "services/netra/page_plan.h"

#include "common/wire/limits.h"

#define MARGIN 16u /* one in so many */
#define PAGES_TO_GROW 16u

void page_plan_begin(struct page_plan *plan, uint64_t first, uint64_t end)
{
    plan->next = first;
    plan->end = end;
    if (plan->rows == 0)
        plan->rows = LIMIT_LIST_ROWS;
}

bool page_plan_ask(struct page_plan *plan, struct page_asked *ret_asked)
{
    if (plan->next >= plan->end)
        return false;
    const uint64_t left = plan->end - plan->next;

    *ret_asked = (struct page_asked){.first = plan->next,
                                     .rows = left < plan->rows ? (uint32_t)left : plan->rows};
    plan->next += ret_asked->rows;
    return true;
}

bool page_plan_took(struct page_plan *plan, const struct page_asked *asked, uint64_t count)
{
    const bool is_whole = count == asked->rows;
    const bool does_grow = is_whole && ++plan->fitted >= PAGES_TO_GROW;

    if (does_grow && plan->rows < LIMIT_LIST_ROWS)
        plan->rows++;
    if (!is_whole) {
        const uint64_t fits = count < LIMIT_LIST_ROWS ? count : LIMIT_LIST_ROWS;

        plan->next = asked->first + count;
        plan->rows = fits == 0 ? 1 : (uint32_t)(fits - fits / MARGIN);
    }
    if (does_grow || !is_whole)
        plan->fitted = 0;
    return is_whole;
}
