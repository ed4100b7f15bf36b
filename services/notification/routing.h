/*
 * Who is told of a decision: offices, the wall between the accused and the news, and the dated
 * rows that say which office is told what. Pure; notification_tables.h loads it from
 * deploy/rules/routing.yaml.
 *
 * The wall: a decision names kinds of conflict (the accused serves in the BKPSDM, is the PPK …).
 * An office of the case's own region whose kind has such a conflict is never told. It is passed
 * over and named as such, and somebody outside takes its place: the office of the same kind above,
 * where the kind climbs; else an office of the kind that its kind names as `instead`, and so on,
 * never a walled one. If nobody is left, the reviewers are told.
 *
 * Owns: nothing; texts and arrays are borrowed from whoever loaded the tables.
 * Units: days as in common/case/day.h; ranges include both ends; 0 at either end: open.
 * Limits: those below; the loader refuses tables beyond them.
 */
#ifndef NETRA_NOTIFICATION_ROUTING_H
#define NETRA_NOTIFICATION_ROUTING_H

#include "services/notification/notification.h"

#include <stdbool.h>
#include <stdint.h>

#define ROUTING_REGIONS_MAX 600u /* all provinces, kabupaten and kota of the country */
#define ROUTING_KINDS_MAX 64u
#define ROUTING_OFFICES_MAX 4096u
#define ROUTING_ROWS_MAX 256u
#define ROUTING_TELLS_MAX 8u     /* of one row */
#define ROUTING_CODES_MAX 16u    /* of one row */
#define ROUTING_OFFICE_BYTES 63u /* an office's id: it is a folder's name too */
#define ROUTING_NAME_BYTES 127u  /* what people call an office or region */
#define ROUTING_ROLE_BYTES 31u   /* of a kind or role */
#define ROUTING_ROW_BYTES 39u    /* of a row's id */

/* The kind of office that is told what nobody else may be. */
#define ROUTING_REVIEWER "REVIEWER"

struct routing_region {
    const char *region; /* "36.04" */
    const char *name;
};

struct routing_kind {
    const char *kind;    /* "BKPSDM" */
    const char *instead; /* the kind that takes over; NULL: none */
    bool climbs;         /* the office of the same kind above takes over before `instead` */
    const char *const *conflicts; /* what walls an office of this kind */
    unsigned conflict_count;
};

struct routing_office {
    const char *office; /* "bkpsdm-36.04" */
    const char *kind;
    const char *region; /* "": the whole country */
    const char *name;   /* for people */
    enum notice_channel channel;
    const char *address; /* of mail */
    uint32_t from;
    uint32_t until;
};

/* Whom a row tells, and of what. */
struct routing_tell {
    const char *kind; /* of office */
    const char *role; /* the capacity in which it is told */
    enum notice_kind notice;
};

struct routing_row {
    const char *row;            /* its id, which the log names */
    const char *key;            /* rows of one key are one rule at different times */
    const char *const *regions; /* and everything below them */
    unsigned region_count;
    uint32_t actors;          /* 1 << enum decision_actor */
    uint32_t outcomes;        /* 1 << enum decision_outcome */
    uint32_t dispositions;    /* 1 << enum decision_disposition */
    const char *const *codes; /* the decision's primary is one of them … */
    unsigned code_count;      /* … or any: 0 */
    bool is_by_act;           /* the days are of the act (of receipt where that isn't known) */
    uint32_t from;
    uint32_t until;
    struct routing_tell tells[ROUTING_TELLS_MAX];
    unsigned tell_count;
    const char *source; /* where it was read */
};

struct routing {
    const char *name;
    const char *version;
    const struct routing_region *regions;
    unsigned region_count;
    const struct routing_kind *kinds;
    unsigned kind_count;
    const struct routing_office *offices;
    unsigned office_count;
    const struct routing_row *rows;
    unsigned row_count;
};

/* An office that is told, or was passed over. */
struct route_step {
    const struct routing_office *office;
    const char *role;
    enum notice_kind notice;
    const char *rule; /* the row's id */
    const char *source;
    const char *blocked_why;                 /* the conflict; NULL: it is told */
    const struct routing_office *instead_of; /* whose place it takes; NULL: nobody's */
};

#define ROUTE_STEPS_MAX 32u

struct route {
    struct route_step steps[ROUTE_STEPS_MAX];
    unsigned count;
    /* Somebody should have been told and nobody could be: the reviewers are, and an operator must
     * look at the table. */
    bool is_left_to_reviewers;
};

/* Who is told of the checked decision, in the order of the table, each office once for each kind
 * of notice. Needs a checked table with at least one reviewers' office. */
void routing_evaluate(const struct routing *routing, const struct decision *decision,
                      struct route *ret_route);

/* The conflict that keeps the office from being told of the decision; NULL: none. */
const char *routing_wall(const struct routing *routing, const struct routing_office *office,
                         const struct decision *decision);

/* Whether the narrow region is the wide one or lies below it ("" covers all). */
bool routing_region_covers(const char *wide, const char *narrow);

/* Whether the day lies in the range; open ends. */
bool routing_day_within(uint32_t day, uint32_t from, uint32_t until);

/* The office with that id: the row of the day, else its newest; NULL: none. */
const struct routing_office *routing_find_office(const struct routing *routing, const char *office,
                                                 uint32_t day);

/* The region's name; the code itself where the table hasn't one. */
const char *routing_region_name(const struct routing *routing, const char *region);

/* The kind with that name; NULL: none. */
const struct routing_kind *routing_find_kind(const struct routing *routing, const char *kind);

#endif
