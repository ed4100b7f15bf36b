/*
 * Which leaves to ask for, one page ahead: the next page is asked for before the one under way has
 * come. Pure.
 *
 * Why a plan: a page ends where its rows or a frame are full, so where the next one begins is
 * known only when it has come, unless fewer rows are asked for than a frame holds. How many that
 * are is learned from pages that came shorter than asked for.
 * Units: leaves.
 */
#ifndef NETRA_NETRA_PAGE_PLAN_H
#define NETRA_NETRA_PAGE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct page_plan {
    uint64_t next;   /* the first leaf that was not asked for */
    uint64_t end;    /* no leaf from here on is wanted */
    uint32_t rows;   /* that a frame is thought to hold */
    uint32_t fitted; /* pages that came whole since that was changed */
};

/* A page that was asked for. */
struct page_asked {
    uint64_t first;
    uint32_t rows;
};

/* Leaves `first` up to, without, `end` are wanted; what was learned before stays. */
void page_plan_begin(struct page_plan *plan, uint64_t first, uint64_t end);

/* The next page to ask for. False: all that is wanted has been asked for. */
bool page_plan_ask(struct page_plan *plan, struct page_asked *ret_asked);

/* The page came with so many leaves. False: not as many as it was asked for; what was asked for
 * behind it begins elsewhere than it ends and is not wanted, the plan goes on from its end. */
bool page_plan_took(struct page_plan *plan, const struct page_asked *asked, uint64_t count);

#endif
