/*
 * What services say of a case, as the JSON that `case list`, `case show` and `review` print: keys
 * and words are what scripts read (design.md "The command").
 */
#ifndef NETRA_NETRA_CASE_JSON_H
#define NETRA_NETRA_CASE_JSON_H

#include "netra/v1/case.pb-c.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/json.h"

/* A new object with every key of a case in its order, each null, so that a case without a decision
 * has the same keys. */
json_t *case_new(void);

/* What intake knows, from its list. */
void case_put_row(json_t *object, const Netra__V1__CaseRow *row);

/* The newest decision, from classification's list. */
void case_put_decision_row(json_t *object, const Netra__V1__DecisionRow *row);

/* The newest decision, whole: also reasons, basis and who decided. */
void case_put_decision(json_t *object, const Netra__V1__CaseDecision *decision);

/* One of all decisions, in short. NULL where the case's key was gone. */
json_t *case_decision_to_json(const Netra__V1__CaseDecision *decision);

/* A notice, as in a case's list. */
json_t *case_notice_to_json(const Netra__V1__NoticeRow *row);

/* Facts as the submission that would say them, without evidence's paths. */
json_t *case_facts_to_json(const Netra__V1__Facts *facts);

/* Sets "confidence", of 1000, as a share of 1. */
void case_put_confidence(json_t *object, uint32_t permille);

/* Sets a key to the day ("2024-10-12"), null for 0. */
void case_put_day(json_t *object, const char *key, uint32_t day);

/* A list of texts. */
json_t *case_texts(char *const *texts, size_t count);

#endif
