/*
 * Translation only: what facts must say is facts_check's business.
 */
#include "common/case/facts_wire.h"

#include "common/wire/unpack.h"
#include "netra/v1/case.pb-c.h"

#include <string.h>

#define SAME(ours, theirs) \
    _Static_assert((int)(ours) == (int)(theirs), "not the contract's number")
SAME(EMPLOYMENT_PNS, NETRA__V1__EMPLOYMENT__EMPLOYMENT_PNS);
SAME(EMPLOYMENT_CPNS, NETRA__V1__EMPLOYMENT__EMPLOYMENT_CPNS);
SAME(EMPLOYMENT_PPPK, NETRA__V1__EMPLOYMENT__EMPLOYMENT_PPPK);
SAME(EMPLOYMENT_PPPK_PARUH_WAKTU, NETRA__V1__EMPLOYMENT__EMPLOYMENT_PPPK_PARUH_WAKTU);
SAME(EMPLOYMENT_HONORER, NETRA__V1__EMPLOYMENT__EMPLOYMENT_HONORER);
SAME(EMPLOYMENT_KADES, NETRA__V1__EMPLOYMENT__EMPLOYMENT_KADES);
SAME(EMPLOYMENT_PERANGKAT_DESA, NETRA__V1__EMPLOYMENT__EMPLOYMENT_PERANGKAT_DESA);
SAME(EMPLOYMENT_BPD, NETRA__V1__EMPLOYMENT__EMPLOYMENT_BPD);
SAME(EMPLOYMENT_TNI, NETRA__V1__EMPLOYMENT__EMPLOYMENT_TNI);
SAME(EMPLOYMENT_POLRI, NETRA__V1__EMPLOYMENT__EMPLOYMENT_POLRI);
SAME(EMPLOYMENT_KEPALA_DAERAH, NETRA__V1__EMPLOYMENT__EMPLOYMENT_KEPALA_DAERAH);
SAME(EMPLOYMENT_PJ_KEPALA_DAERAH, NETRA__V1__EMPLOYMENT__EMPLOYMENT_PJ_KEPALA_DAERAH);
SAME(EMPLOYMENT_DPRD, NETRA__V1__EMPLOYMENT__EMPLOYMENT_DPRD);
SAME(EMPLOYMENT_BUMN_BUMD, NETRA__V1__EMPLOYMENT__EMPLOYMENT_BUMN_BUMD);
SAME(EMPLOYMENT_PENYELENGGARA, NETRA__V1__EMPLOYMENT__EMPLOYMENT_PENYELENGGARA);
SAME(EMPLOYMENT_LAIN, NETRA__V1__EMPLOYMENT__EMPLOYMENT_LAIN);
SAME(ANSWER_YES, NETRA__V1__ANSWER__ANSWER_YES);
SAME(ANSWER_NO, NETRA__V1__ANSWER__ANSWER_NO);
SAME(ANSWER_UNKNOWN, NETRA__V1__ANSWER__ANSWER_UNKNOWN);

/* ---- reading ---- */

static enum status read_answer(Netra__V1__Answer value, const char *path, enum answer *ret_answer,
                               struct diag *diag)
{
    if ((int)value < 0 || (int)value > (int)ANSWER_UNKNOWN) {
        diag_set(diag, "%s: answer %d is newer than this program", path, (int)value);
        return STATUS_CONTRACT_NEWER;
    }
    *ret_answer = (enum answer)value;
    return STATUS_OK;
}

static void read_incident(const Netra__V1__Incident *message, struct facts_incident *incident)
{
    if (message == NULL)
        return;
    *incident = (struct facts_incident){
        .date = message->date,
        .date_known = message->date_known,
        .place = message->place,
        .region = message->region,
        .description = message->description,
        .election = message->election,
        .office = message->office,
    };
}

static enum status read_cltn(const Netra__V1__Cltn *message, struct facts_cltn *cltn,
                             struct diag *diag)
{
    if (message == NULL)
        return STATUS_OK;
    cltn->from = message->from;
    cltn->to = message->to;
    cltn->letter = message->letter;
    return read_answer(message->status, "subject.cltn.status", &cltn->status, diag);
}

static enum status read_subject(const Netra__V1__Subject *message, struct facts_subject *subject,
                                struct diag *diag)
{
    if (message == NULL)
        return STATUS_OK;
    if ((int)message->employment < 0 || (int)message->employment >= (int)EMPLOYMENT_COUNT) {
        diag_set(diag, "subject.employment: value %d is newer than this program",
                 (int)message->employment);
        return STATUS_CONTRACT_NEWER;
    }
    subject->name = message->name;
    subject->nip = message->nip;
    subject->position = message->position;
    subject->unit = message->unit;
    subject->employment = (enum employment)message->employment;
    TRY(read_answer(message->is_spouse_of_candidate, "subject.is_spouse_of_candidate",
                    &subject->is_spouse_of_candidate, diag));
    return read_cltn(message->cltn, &subject->cltn, diag);
}

static enum status read_lists(const Netra__V1__Facts *message, struct facts *facts,
                              struct diag *diag)
{
    if (message->n_reported_conduct > FACTS_CONDUCT_MAX) {
        diag_set(diag, "reported_conduct: %zu codes; at most %u are taken",
                 message->n_reported_conduct, FACTS_CONDUCT_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    if (message->n_evidence > FACTS_EVIDENCE_MAX) {
        diag_set(diag, "evidence: %zu files; at most %u are taken", message->n_evidence,
                 FACTS_EVIDENCE_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    for (size_t index = 0; index < message->n_reported_conduct; index++)
        facts->reported_conduct[index] = message->reported_conduct[index];
    facts->reported_conduct_count = (unsigned)message->n_reported_conduct;
    for (size_t index = 0; index < message->n_evidence; index++) {
        TRY(wire_exact(message->evidence[index]->digest, facts->evidence[index].digest,
                       FACTS_DIGEST_SIZE, "evidence.digest", diag));
        facts->evidence[index].size = message->evidence[index]->size;
    }
    facts->evidence_count = (unsigned)message->n_evidence;
    return STATUS_OK;
}

enum status facts_wire_read(const struct Netra__V1__Facts *message, struct facts *ret_facts,
                            struct diag *diag)
{
    facts_clear(ret_facts);
    if (message == NULL) {
        diag_set(diag, "facts: required");
        return STATUS_FIELD_MISSING;
    }
    ret_facts->region = message->region;
    ret_facts->received = message->received;
    read_incident(message->incident, &ret_facts->incident);
    TRY(read_subject(message->subject, &ret_facts->subject, diag));
    return read_lists(message, ret_facts, diag);
}

/* ---- making ---- */

/* protobuf-c's text fields are char *, though packing never writes through them: a copy keeps
 * const honest. */
static enum status text_in(struct arena *arena, const char *text, char **ret_text)
{
    *ret_text = (char *)arena_copy(arena, view_of(text, strlen(text) + 1));
    return *ret_text == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status make_incident(const struct facts_incident *incident, struct arena *arena,
                                 Netra__V1__Incident **ret_message)
{
    Netra__V1__Incident *message = arena_take(arena, sizeof(*message));
    if (message == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__incident__init(message);
    message->date = incident->date;
    message->date_known = incident->date_known;
    TRY(text_in(arena, incident->place, &message->place));
    TRY(text_in(arena, incident->region, &message->region));
    TRY(text_in(arena, incident->description, &message->description));
    TRY(text_in(arena, incident->election, &message->election));
    TRY(text_in(arena, incident->office, &message->office));
    *ret_message = message;
    return STATUS_OK;
}

/* A leave of which nothing is said is no leave asked for: absent. */
static enum status make_cltn(const struct facts_cltn *cltn, struct arena *arena,
                             Netra__V1__Cltn **ret_message)
{
    if (cltn->status == ANSWER_UNSPECIFIED && cltn->from == 0 && cltn->to == 0 &&
        cltn->letter[0] == '\0')
        return STATUS_OK;
    Netra__V1__Cltn *message = arena_take(arena, sizeof(*message));
    if (message == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__cltn__init(message);
    message->status = (Netra__V1__Answer)cltn->status;
    message->from = cltn->from;
    message->to = cltn->to;
    TRY(text_in(arena, cltn->letter, &message->letter));
    *ret_message = message;
    return STATUS_OK;
}

static enum status make_subject(const struct facts_subject *subject, struct arena *arena,
                                Netra__V1__Subject **ret_message)
{
    Netra__V1__Subject *message = arena_take(arena, sizeof(*message));
    if (message == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__subject__init(message);
    message->employment = (Netra__V1__Employment)subject->employment;
    message->is_spouse_of_candidate = (Netra__V1__Answer)subject->is_spouse_of_candidate;
    TRY(text_in(arena, subject->name, &message->name));
    TRY(text_in(arena, subject->nip, &message->nip));
    TRY(text_in(arena, subject->position, &message->position));
    TRY(text_in(arena, subject->unit, &message->unit));
    TRY(make_cltn(&subject->cltn, arena, &message->cltn));
    bool is_named = message->name[0] != '\0' || message->nip[0] != '\0' ||
                    message->position[0] != '\0' || message->unit[0] != '\0' ||
                    subject->employment != EMPLOYMENT_UNSPECIFIED ||
                    subject->is_spouse_of_candidate != ANSWER_UNSPECIFIED || message->cltn != NULL;
    if (is_named)
        *ret_message = message;
    return STATUS_OK;
}

static enum status make_conduct(const struct facts *facts, struct arena *arena,
                                Netra__V1__Facts *message)
{
    char **codes = arena_take(arena, facts->reported_conduct_count * sizeof(*codes));
    if (codes == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned index = 0; index < facts->reported_conduct_count; index++)
        TRY(text_in(arena, facts->reported_conduct[index], &codes[index]));
    message->reported_conduct = codes;
    message->n_reported_conduct = facts->reported_conduct_count;
    return STATUS_OK;
}

static enum status make_evidence(const struct facts *facts, struct arena *arena,
                                 Netra__V1__Facts *message)
{
    Netra__V1__Evidence *files = arena_take(arena, facts->evidence_count * sizeof(*files));
    Netra__V1__Evidence **pointers = arena_take(arena, facts->evidence_count * sizeof(*pointers));
    if (files == NULL || pointers == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned index = 0; index < facts->evidence_count; index++) {
        netra__v1__evidence__init(&files[index]);
        files[index].digest =
            wire_bytes(view_of(facts->evidence[index].digest, FACTS_DIGEST_SIZE));
        files[index].size = facts->evidence[index].size;
        pointers[index] = &files[index];
    }
    message->evidence = pointers;
    message->n_evidence = facts->evidence_count;
    return STATUS_OK;
}

enum status facts_wire_make(const struct facts *facts, struct arena *arena,
                            struct Netra__V1__Facts **ret_message)
{
    Netra__V1__Facts *message = arena_take(arena, sizeof(*message));
    if (message == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__facts__init(message);
    message->received = facts->received;
    TRY(text_in(arena, facts->region, &message->region));
    TRY(make_incident(&facts->incident, arena, &message->incident));
    TRY(make_subject(&facts->subject, arena, &message->subject));
    TRY(make_conduct(facts, arena, message));
    TRY(make_evidence(facts, arena, message));
    *ret_message = message;
    return STATUS_OK;
}
