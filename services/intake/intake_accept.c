/*
 * Accepting one submission or correction. The event is appended before key, receipt and record are
 * made, because all three carry its place in the stream; the draw of a number is repeated while it
 * is taken.
 */
#include "services/intake/intake_accept.h"

#include "common/base/cleanup.h"
#include "common/base/mutant.h"
#include "services/intake/case_number.h"
#include "services/intake/intake_wire.h"
#include "services/intake/receipt.h"

#include <sodium.h>
#include <string.h>

/* Two of 2^45 numbers meet now and then; sixteen in a row mean that the source is broken. */
#define NUMBER_DRAWS_MAX 16u

/* A case in the making, or the one that is corrected. */
struct new_case {
    uint8_t handle[CASE_HANDLE_SIZE];
    uint8_t key[CASE_KEY_SIZE];
    char number[CASE_NUMBER_TEXT_SIZE];
};

static void new_case_wipe(struct new_case *new_case)
{
    sodium_memzero(new_case, sizeof(*new_case));
}

static enum status draw_number(struct intake *intake, const struct random_source *random,
                               char number[CASE_NUMBER_TEXT_SIZE])
{
    for (unsigned draw = 0; draw < NUMBER_DRAWS_MAX; draw++) {
        uint8_t bytes[CASE_NUMBER_RANDOM_BYTES];
        random_fill(random, bytes, sizeof(bytes));
        case_number_of_random(bytes, number);
        bool is_taken = false;
        TRY(intake_store_has_number(&intake->tables, number, &is_taken));
        if (!is_taken)
            return STATUS_OK;
    }
    return STATUS_SYSTEM_FAILED;
}

static enum status draw_case(struct intake *intake, const struct turn *turn,
                             struct new_case *ret_case)
{
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq = 0;
    turn_next_point(turn, stream_id, &seq);
    uint8_t random[CASE_HANDLE_RANDOM_BYTES];
    random_fill(turn->random, random, sizeof(random));
    case_handle_make(seq, random, ret_case->handle);
    random_fill(turn->random, ret_case->key, sizeof(ret_case->key));
    return draw_number(intake, turn->random, ret_case->number);
}

/* Appends the event of the facts, which are a new case's or a further revision. */
static enum status append_facts(struct turn *turn, uint16_t type, const struct new_case *of,
                                const struct accepted_facts *facts, struct event_made *ret_made)
{
    struct event_draft draft = {
        .type = type,
        .schema = INTAKE_SCHEMA,
        .case_handle = of->handle,
        .case_key = of->key,
    };
    TRY(intake_wire_accepted(facts, turn->arena, &draft.payload));
    return turn_append(turn, &draft, ret_made);
}

static enum status put_key(struct intake *intake, const struct turn *turn,
                           const struct new_case *new_case)
{
    const struct key_secret *secret = &intake->secrets.key_encryption;
    uint8_t wrapped[WRAPPED_KEY_SIZE];
    seal_wrap_key(turn->random, secret->secret, secret->epoch, new_case->handle, new_case->key,
                  wrapped);
    return intake_store_put_key(&intake->tables, new_case->handle, wrapped);
}

/* The signed receipt of the facts whose event has this header. */
static enum status make_receipt(const struct intake *intake, struct turn *turn,
                                const struct accepted_facts *accepted,
                                const struct event_header *header, struct view *ret_receipt)
{
    struct receipt_facts facts = {
        .origin = service_origin(turn->service),
        .case_number = accepted->case_number,
        .submission_id = accepted->submission_id,
        .accepted_at = accepted->accepted_at,
        .seq = header->seq,
        .facts_revision = accepted->facts_revision,
    };
    memcpy(facts.commitment, header->commitment, sizeof(facts.commitment));
    if (MUTANT(receipt_of_other_content))
        memset(facts.commitment, 0, sizeof(facts.commitment));
    memcpy(facts.stream_id, header->stream_id, sizeof(facts.stream_id));
    memcpy(facts.case_handle, header->case_handle, sizeof(facts.case_handle));
    struct view body;
    TRY(intake_wire_receipt_body(&facts, turn->arena, &body));
    struct signed_receipt receipt;
    TRY(receipt_sign(body, intake->secrets.pair.sign_secret, turn->arena, &receipt));
    return intake_wire_receipt(&receipt, turn->arena, ret_receipt);
}

/* `made` is borrowed by the record. */
static void fill_revision(const struct accepted_facts *facts, const struct incoming *incoming,
                          const struct event_made *made, struct view receipt,
                          struct revision_record *ret_record)
{
    *ret_record = (struct revision_record){
        .revision = facts->facts_revision,
        .seq = made->header.seq,
        .header = made->header_bytes,
        .sealed = made->sealed,
        .node = facts->node,
        .submission_id = facts->submission_id,
        .receipt = receipt,
        .accepted_at = facts->accepted_at,
        .incident_date = facts->facts->incident.date,
        .received = facts->facts->received,
        .is_clock_off = clock_is_off(facts->sent_at, facts->accepted_at),
    };
    memcpy(ret_record->stream_id, made->header.stream_id, sizeof(ret_record->stream_id));
    memcpy(ret_record->hash, incoming->hash, sizeof(ret_record->hash));
}

enum status intake_accept(struct intake *intake, struct turn *turn,
                          const struct incoming *incoming, struct view *ret_receipt)
{
    CLEANUP(new_case_wipe) struct new_case new_case = {0};
    TRY(draw_case(intake, turn, &new_case));
    struct accepted_facts facts = incoming->facts;
    facts.case_number = new_case.number;
    facts.facts_revision = 1;
    struct event_made made;
    TRY(append_facts(turn, INTAKE_EVENT_CASE_ACCEPTED, &new_case, &facts, &made));
    TRY(put_key(intake, turn, &new_case));
    TRY(make_receipt(intake, turn, &facts, &made.header, ret_receipt));
    struct case_record record = {
        .case_number = facts.case_number,
        .region = facts.region,
        .reporter = incoming->reporter,
    };
    memcpy(record.case_handle, new_case.handle, sizeof(record.case_handle));
    fill_revision(&facts, incoming, &made, *ret_receipt, &record.first);
    return intake_store_put_case(&intake->tables, &record);
}

enum status intake_accept_correction(struct intake *intake, struct turn *turn,
                                     const struct case_row *corrected,
                                     const struct incoming *incoming, struct view *ret_receipt)
{
    CLEANUP(new_case_wipe) struct new_case of = {0};
    memcpy(of.handle, corrected->case_handle, sizeof(of.handle));
    TRY(intake_find_case_key(intake, of.handle, of.key));
    struct accepted_facts facts = incoming->facts;
    facts.case_number = corrected->case_number;
    facts.facts_revision = corrected->facts_revision + 1;
    struct event_made made;
    TRY(append_facts(turn, INTAKE_EVENT_CASE_CORRECTED, &of, &facts, &made));
    TRY(make_receipt(intake, turn, &facts, &made.header, ret_receipt));
    struct revision_record record;
    fill_revision(&facts, incoming, &made, *ret_receipt, &record);
    return intake_store_put_revision(&intake->tables, corrected->id, &record);
}

void case_secret_wipe(struct case_secret *secret)
{
    sodium_memzero(secret, sizeof(*secret));
}

enum status intake_find_case_key(struct intake *intake,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE],
                                 uint8_t case_key[CASE_KEY_SIZE])
{
    uint8_t wrapped[WRAPPED_KEY_SIZE];
    TRY(intake_store_find_key(&intake->tables, case_handle, wrapped));
    const struct key_secret *secret = &intake->secrets.key_encryption;
    return seal_unwrap_key(secret->secret, secret->epoch, case_handle,
                           view_of(wrapped, sizeof(wrapped)), case_key);
}

enum status intake_check_keys(struct intake *intake, const char *path, struct diag *diag)
{
    uint8_t handle[CASE_HANDLE_SIZE];
    uint8_t wrapped[WRAPPED_KEY_SIZE];
    enum status status = intake_store_find_newest_key(&intake->tables, handle, wrapped);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    TRY(status);
    CLEANUP(case_secret_wipe) struct case_secret opened;
    const struct key_secret *secret = &intake->secrets.key_encryption;
    if (seal_unwrap_key(secret->secret, secret->epoch, handle, view_of(wrapped, sizeof(wrapped)),
                        opened.key) == STATUS_OK)
        return STATUS_OK;
    diag_set(diag, "%s: epoch %u is not the key that the store's case keys are wrapped with", path,
             secret->epoch);
    return STATUS_KEY_FILE_INVALID;
}
