/*
 * What routing_check.c and routing_cover.c share; nobody else includes this.
 */
#ifndef NETRA_NOTIFICATION_ROUTING_PARTS_H
#define NETRA_NOTIFICATION_ROUTING_PARTS_H

#include "services/notification/routing_check.h"

#include <stdbool.h>

/* Rows of one office or key over time. */
#define ROUTING_GROUP_MAX 32u

/* Fills in the problem at section[index].key and returns false. */
__attribute__((format(printf, 5, 6))) bool routing_refuse(struct routing_problem *problem,
                                                          const char *section, unsigned index,
                                                          const char *key, const char *format,
                                                          ...);

/* Whether the table's list has the region. */
bool routing_has_region(const struct routing *routing, const char *region);

/* Whether every row can be served, and somebody is told of everything, on each day on which
 * anything in the table changes. */
bool routing_check_cover(const struct routing *routing, struct routing_problem *ret_problem);

#endif
