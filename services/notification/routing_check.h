/*
 * Whether a routing table holds together: what its own rows can't show one by one. Pure.
 *
 * Why: a table that forgets an actor for eleven days in August tells nobody, and nobody notices.
 */
#ifndef NETRA_NOTIFICATION_ROUTING_CHECK_H
#define NETRA_NOTIFICATION_ROUTING_CHECK_H

#include "services/notification/routing.h"

#include <stdbool.h>

/* The first thing that is wrong, and where. */
struct routing_problem {
    char path[64];  /* "routes[3].until" */
    char text[320]; /* what is wrong and what to do */
};

/*
 * Checks a table whose single values are right already:
 *   regions and kinds stand once, and each region's province stands too;
 *   every kind's `instead` exists, and following them ends (no circle);
 *   offices of one kind and region follow each other without gap or overlap, and an id stands for
 *   one kind and region;
 *   rows of one key say when, not whom: the same scope, without gap or overlap;
 *   each row can be served in every region of its own on every day of its own;
 *   what waits for review is told to reviewers alone;
 *   of everything but not_violation somebody is told: every region, actor and day.
 * True: all of it. False: *ret_problem is the first that isn't so.
 */
bool routing_check(const struct routing *routing, struct routing_problem *ret_problem);

#endif
