/*
 * One decision while it is made: what is resolved so far, and the steps that resolve it. The order
 * is that of ruleset_decide (decide.c).
 *
 * Owns: nothing; all of it lies in the caller's arena.
 */
#ifndef NETRA_CLASSIFICATION_DECIDE_PARTS_H
#define NETRA_CLASSIFICATION_DECIDE_PARTS_H

#include "services/classification/ruleset_parts.h"
#include "services/classification/text_phrases.h"

/* Which row or rule of the engine resolved something. */
struct resolution {
    const char *rule;              /* NULL: nothing did */
    const struct premise *premise; /* NULL: the engine itself */
    uint32_t date;                 /* the day it depended on; 0: none */
};

struct inquiry {
    const struct ruleset *ruleset;
    const struct facts *facts;
    struct arena *arena;
    struct findings findings;
    const char *region; /* of the act, else the handling one */
    enum answer cltn;   /* on leave on the day of the act */
    enum actor actor;
    struct resolution actor_by;
    const struct election *election; /* NULL: none */
    bool is_election_unheard_of;     /* stated, and not in the calendar */
    struct resolution election_by;
    const char *office;        /* "": none */
    bool is_office_unheard_of; /* stated, and not of the election */
    struct resolution office_by;
    enum stage stage;
    bool is_stage_by_office; /* it differs between offices, and none is known */
    bool is_stage_resolved;
    enum answer late;
    bool *has_fired;       /* by rule */
    uint32_t *points;      /* by code, once stage and actor have replaced codes */
    uint32_t *held;        /* by code: points that wait for the stage */
    uint32_t *replacement; /* by code: what its points went to, NO_CODE: nowhere */
    uint32_t lead_points;  /* of the primary */
    uint32_t rival_points; /* of the best code of another outcome */
    uint32_t primary;      /* NO_CODE until the outcome is found */
};

/* ---- decide_conditions.c ---- */

/* Whether the premise holds as far as things are resolved; `verdict` is asked by `code=` and
 * `outcome=`, and may be NULL before there is one. */
bool premise_holds(const struct inquiry *inquiry, const struct premise *premise,
                   const struct verdict *verdict);

/* The words by which a premise that holds does, into the reason. */
void premise_spans(const struct inquiry *inquiry, const struct premise *premise,
                   struct reason *reason);

/* Whether one of its conditions asks for the kind. */
bool premise_asks(const struct premise *premise, enum condition_kind kind);

/* ---- decide_stage.c ---- */

/* Whether the election's rows give the office a stage there on that day. */
bool election_stage(const struct election *election, uint32_t office, const char *region,
                    uint32_t day, enum stage *ret_stage);

/* The election by its name; NULL: none. */
const struct election *calendar_find(const struct calendar *calendar, const char *name);

/* The only election with a window over region and day; NULL: none, or several. */
const struct election *calendar_window(const struct calendar *calendar, const char *region,
                                       uint32_t day);

/* Sets stage and lateness from election, office, region and days. */
void inquiry_stage(struct inquiry *inquiry);

/* ---- decide_resolve.c ---- */

/* Sets actor, election and office. */
void inquiry_resolve(struct inquiry *inquiry);

/* ---- decide_codes.c ---- */

/* Fires the rules that give codes and lets stage and actor replace codes. STATUS_NO_MEMORY. */
enum status inquiry_codes(struct inquiry *inquiry) MUST_USE;

/* Sets outcome, primary and codes. */
void verdict_set_codes(struct inquiry *inquiry, struct verdict *verdict);

/* ---- decide_verdict.c ---- */

/* Sets flags, missing, conflicts, confidence, disposition and what was resolved. */
void verdict_set_rest(struct inquiry *inquiry, struct verdict *verdict);

/* The word of an actor in tables: "ASN". */
const char *actor_word(enum actor actor);

/* Whether a code is the primary or among the codes. */
bool verdict_has_code(const struct verdict *verdict, const char *code);

/* ---- decide_reasons.c ---- */

/* Sets the reasons. STATUS_NO_MEMORY. */
enum status verdict_set_reasons(struct inquiry *inquiry, struct verdict *verdict) MUST_USE;

#endif
