/*
 * The tables of verbs, one per group of nouns: what may be typed, what it needs, what its help
 * shows.
 *
 * To add a noun: a file verbs_X.c with its rows, a line here, and one in netra_main.c, where the
 * order is the help's. Summaries are marked N_() and translated where they are shown.
 */
#ifndef NETRA_NETRA_VERBS_H
#define NETRA_NETRA_VERBS_H

#include "services/netra/arguments.h"
#include "services/netra/command.h"
#include "services/netra/translate.h"

/* What most verbs need: the home's configuration and the doors, asked with the operator's key or
 * another's. */
#define DOORS (NEEDS_HOME | NEEDS_DOORS)
#define NODE_DOORS (DOORS | NEEDS_NODE_KEY)
#define REVIEWER_DOORS (DOORS | NEEDS_REVIEWER_KEY)
#define AUDITOR_DOORS (DOORS | NEEDS_AUDITOR_KEY)

extern const struct verb_table verbs_case;
extern const struct verb_table verbs_audit;
extern const struct verb_table verbs_review;
extern const struct verb_table verbs_rules;
extern const struct verb_table verbs_register;
extern const struct verb_table verbs_service;

#endif
