/*
 * The bodies are made once, so that what is asked again is the same to the byte.
 */
#include "tests/faults/faults_requests.h"

#include "common/base/invariant.h"
#include "common/case/facts_wire.h"
#include "common/service/act.h"
#include "common/service/door_wire.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/intake_to_any.pb-c.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/intake/intake_wire.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_MS 1000 /* then it is asked again */
#define ARENA_BYTES (1024u * 1024u)

static char *text_of(struct arena *arena, const char *text)
{
    char *copy = (char *)arena_copy(arena, view_of(text, strlen(text) + 1));
    INVARIANT(copy != NULL);
    return copy;
}

static struct faults_request *add(struct faults_requests *requests, const char *name,
                                  unsigned person, unsigned service, uint32_t kind,
                                  const ProtobufCMessage *message)
{
    INVARIANT(requests->count < FAULTS_REQUESTS_MAX);
    struct faults_request *row = &requests->rows[requests->count++];
    *row =
        (struct faults_request){.name = name, .person = person, .service = service, .kind = kind};
    enum status status = wire_pack(message, &requests->arena, &row->body);
    INVARIANT(status == STATUS_OK);
    return row;
}

/* ---- cases ---- */

/* One that tells somebody, one that a person must look at, one that lacks nearly all. */
static const struct {
    const char *name;
    const char *id;
    const char *region;
    const char *description;
    const char *position;
    enum employment employment;
} reports[] = {
    {"party", "0192f0c4-0000-7000-8000-000000000001", "36.04",
     "Menjadi pengurus partai sejak lama", "Lurah", EMPLOYMENT_PNS},
    {"like", "0192f0c4-0000-7000-8000-000000000002", "36.04",
     "Lurah menyukai foto calon bupati di pilkada", "Lurah", EMPLOYMENT_PNS},
    {"nothing", "0192f0c4-0000-7000-8000-000000000003", "36.71", "Katanya tidak netral", "",
     EMPLOYMENT_UNSPECIFIED},
    {"late", "0192f0c4-0000-7000-8000-000000000004", "36.04",
     "Menyerahkan ktp untuk calon perseorangan pilkada", "Camat", EMPLOYMENT_PNS},
};

static Netra__V1__Facts *facts_of(struct arena *arena, unsigned index, const char *place)
{
    struct facts facts;
    Netra__V1__Facts *message = NULL;
    facts_clear(&facts);
    facts.region = reports[index].region;
    facts.incident.date = 20241012;
    facts.incident.description = reports[index].description;
    facts.incident.place = place;
    facts.subject.position = reports[index].position;
    facts.subject.employment = reports[index].employment;
    enum status status = facts_wire_make(&facts, arena, &message);
    INVARIANT(status == STATUS_OK);
    return message;
}

static void add_case(struct faults_requests *requests, unsigned index)
{
    Netra__V1__SubmitCase message;
    netra__v1__submit_case__init(&message);
    message.submission_id = text_of(&requests->arena, reports[index].id);
    message.facts = facts_of(&requests->arena, index, "");
    add(requests, reports[index].name, SIM_NODE_FIRST, SIM_INTAKE,
        NETRA__V1__REQUEST_KIND__REQUEST_KIND_SUBMIT_CASE, &message.base)
        ->is_lasting = true;
}

static void receipt_of(struct faults_requests *requests, const char *name,
                       struct receipt_facts *ret_facts)
{
    struct signed_receipt receipt;
    struct view body;
    unsigned index = 0;
    while (index < requests->count && strcmp(requests->rows[index].name, name) != 0)
        index++;
    INVARIANT(index < requests->count && requests->rows[index].is_done);
    const struct faults_request *row = &requests->rows[index];
    enum status status = intake_wire_read_receipt(view_of(row->answer, row->answer_size),
                                                  &requests->arena, &receipt, NULL);
    if (status == STATUS_OK)
        status = receipt_tree_verify(&receipt, sim_home_key(SIM_INTAKE)->sign_public, &body);
    if (status == STATUS_OK)
        status = intake_wire_read_receipt_body(body, &requests->arena, ret_facts, NULL);
    INVARIANT(status == STATUS_OK);
}

static void add_correction(struct faults_requests *requests)
{
    Netra__V1__CorrectCase message;
    struct receipt_facts receipt;
    receipt_of(requests, "like", &receipt);
    netra__v1__correct_case__init(&message);
    message.case_number = text_of(&requests->arena, receipt.case_number);
    message.submission_id = text_of(&requests->arena, "0192f0c4-0000-7000-8000-000000000005");
    message.facts = facts_of(&requests->arena, 1, "Balai desa");
    add(requests, "correction", SIM_NODE_FIRST, SIM_INTAKE,
        NETRA__V1__REQUEST_KIND__REQUEST_KIND_CORRECT_CASE, &message.base)
        ->is_lasting = true;
}

/* ---- acts ---- */

static void add_act(struct faults_requests *requests, const char *name, unsigned person,
                    unsigned service, struct act *act)
{
    const struct key_pair *key = sim_home_key(person);
    Netra__V1__PersonAct message;
    act->schema = 1;
    key_id_of(key->sign_public, key->curve_public, act->key_id);
    memset(act->r, 0x5a, sizeof act->r);
    act_sign(act, SIM_ORIGIN, key->sign_secret);
    netra__v1__person_act__init(&message);
    message.type = act->type;
    message.schema = act->schema;
    message.case_handle = wire_bytes(view_of(act->case_handle, CASE_HANDLE_SIZE));
    message.role = act->role;
    message.key_id = wire_bytes(view_of(act->key_id, KEY_ID_SIZE));
    message.r = wire_bytes(view_of(act->r, COMMITMENT_SALT_SIZE));
    message.payload = wire_bytes(act->payload);
    message.signature = wire_bytes(view_of(act->signature, SIGNATURE_SIZE));
    add(requests, name, person, service, NETRA__V1__REQUEST_KIND__REQUEST_KIND_ACT, &message.base)
        ->is_lasting = true;
}

static void add_key_act(struct faults_requests *requests)
{
    struct act act = {.type = NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED,
                      .role = NETRA__V1__ROLE__ROLE_OPERATOR};
    uint8_t key[32];
    Netra__V1__KeyAuthorised message;
    memset(key, 0x37, sizeof key);
    netra__v1__key_authorised__init(&message);
    message.name = text_of(&requests->arena, "another-node");
    message.role = NETRA__V1__ROLE__ROLE_NODE;
    message.curve_public = wire_bytes(view_of(key, sizeof key));
    message.sign_public = wire_bytes(view_of(key, sizeof key));
    enum status status = wire_pack(&message.base, &requests->arena, &act.payload);
    INVARIANT(status == STATUS_OK);
    add_act(requests, "authorisation", SIM_OPERATOR, SIM_INTAKE, &act);
}

static void add_override(struct faults_requests *requests)
{
    struct act act = {.type = NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_OVERRIDDEN,
                      .role = NETRA__V1__ROLE__ROLE_REVIEWER};
    Netra__V1__OverrideDecision message;
    struct receipt_facts receipt;
    receipt_of(requests, "nothing", &receipt);
    memcpy(act.case_handle, receipt.case_handle, CASE_HANDLE_SIZE);
    netra__v1__override_decision__init(&message);
    message.revision = 1;
    message.code = text_of(&requests->arena, "DISIPLIN-05");
    message.reason = text_of(&requests->arena, "Surat keputusan partai ada");
    enum status status = wire_pack(&message.base, &requests->arena, &act.payload);
    INVARIANT(status == STATUS_OK);
    add_act(requests, "override", SIM_REVIEWER, SIM_CLASSIFICATION, &act);
}

static void add_list(struct faults_requests *requests, const char *name, unsigned person,
                     unsigned service, uint32_t kind)
{
    Netra__V1__ListRequest message;
    netra__v1__list_request__init(&message);
    message.rows_max = 4;
    (void)add(requests, name, person, service, kind, &message.base);
}

/* ---- the parts ---- */

void faults_requests_begin(struct faults_requests *requests)
{
    *requests = (struct faults_requests){.count = 0};
    enum status status = arena_open(&requests->arena, ARENA_BYTES);
    INVARIANT(status == STATUS_OK);
}

void faults_requests_end(struct faults_requests *requests)
{
    arena_close(&requests->arena);
}

void faults_requests_add(struct faults_requests *requests, enum faults_asking asking)
{
    switch (asking) {
    case FAULTS_ASKING_CASES:
        for (unsigned index = 0; index < 3; index++)
            add_case(requests, index);
        return;
    case FAULTS_ASKING_ACTS:
        add_correction(requests);
        add_key_act(requests);
        add_override(requests);
        add_list(requests, "cases", SIM_NODE_FIRST, SIM_INTAKE,
                 NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASES);
        add_list(requests, "reviews", SIM_REVIEWER, SIM_CLASSIFICATION,
                 NETRA__V1__REQUEST_KIND__REQUEST_KIND_REVIEWS);
        add_list(requests, "notices", SIM_OPERATOR, SIM_NOTIFICATION,
                 NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICES);
        add_list(requests, "leaves", SIM_OPERATOR, SIM_AUDIT_LOG,
                 NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_LEAVES);
        return;
    case FAULTS_ASKING_AGAIN:
        for (unsigned index = 0; index < requests->count; index++)
            requests->rows[index].is_done = !requests->rows[index].is_lasting;
        add_case(requests, 3);
        return;
    }
}

/* ---- asking ---- */

static void answered(struct faults_requests *requests, struct faults_request *row,
                     const struct door_answer_parts *parts, int64_t now_ms)
{
    bool is_later = status_class_of(parts->status) == STATUS_CLASS_RETRY ||
                    status_class_of(parts->status) == STATUS_CLASS_FATAL;
    if (row->is_done)
        return;
    if (is_later) {
        row->again_ms = now_ms + 100;
        return;
    }
    bool is_first = row->answer_size == 0;
    bool is_same = row->answer_size == parts->body.size &&
                   memcmp(row->answer, parts->body.bytes, parts->body.size) == 0;
    if (parts->status != STATUS_OK || parts->body.size > sizeof row->answer ||
        (!is_first && row->is_lasting && !is_same)) {
        (void)snprintf(requests->broken, sizeof requests->broken, "%s is answered %s: %s",
                       row->name, status_name(parts->status),
                       parts->status == STATUS_OK ? "another answer than before" : parts->detail);
        return;
    }
    row->is_done = true;
    row->answer_size = parts->body.size;
    if (parts->body.size > 0)
        memcpy(row->answer, parts->body.bytes, parts->body.size);
}

static void take_answers(struct faults_requests *requests, struct faults_net *net, unsigned person,
                         int64_t now_ms)
{
    struct view frame;
    while (faults_net_take_answer(net, person, &frame)) {
        size_t mark = arena_mark(&requests->arena);
        struct door_answer_parts parts;
        enum status status = door_answer_decode(frame, &requests->arena, &parts, NULL);
        INVARIANT(status == STATUS_OK && parts.request_id <= requests->count);
        /* 0: the request could not be read, so nobody knows which it was. */
        if (parts.request_id > 0)
            answered(requests, &requests->rows[parts.request_id - 1], &parts, now_ms);
        arena_rewind(&requests->arena, mark);
    }
}

static void ask(struct faults_requests *requests, unsigned index, struct faults_net *net,
                int64_t now_ms)
{
    struct faults_request *row = &requests->rows[index];
    size_t mark = arena_mark(&requests->arena);
    struct view frame;
    struct door_request_parts parts = {
        .request_id = index + 1, .kind = row->kind, .body = row->body};
    enum status status = door_request_encode(&parts, &requests->arena, &frame);
    INVARIANT(status == STATUS_OK);
    (void)faults_net_ask(net, row->person, row->service, frame);
    row->again_ms = now_ms + ANSWER_MS;
    arena_rewind(&requests->arena, mark);
}

void faults_requests_step(struct faults_requests *requests, struct faults_net *net, int64_t now_ms)
{
    for (unsigned person = SIM_NODE_FIRST; person < SIM_PROCESS_COUNT; person++)
        take_answers(requests, net, person, now_ms);
    for (unsigned index = 0; index < requests->count; index++) {
        const struct faults_request *row = &requests->rows[index];
        if (!row->is_done && now_ms >= row->again_ms)
            ask(requests, index, net, now_ms);
    }
}

bool faults_requests_are_done(const struct faults_requests *requests)
{
    for (unsigned index = 0; index < requests->count; index++)
        if (!requests->rows[index].is_done)
            return false;
    return true;
}
