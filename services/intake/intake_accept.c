/*
 * Accepting one submission or correction. The case is kept before its event is made, which says
 * its number, and the draw of a number is repeated while it is taken; the revision after it,
 * because the receipt says the event's place and commitment.
 */
#include "services/intake/intake_accept.h"

#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "common/base/mutant.h"
#include "services/intake/case_number.h"
#include "services/intake/intake_wire.h"
#include "services/intake/receipt_tree.h"

#include <sodium.h>
#include <string.h>

/* Two of 2^35 numbers meet now and then; sixteen in a row mean that the source is broken. */
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

static void draw_case(const struct turn *turn, struct new_case *ret_case)
{
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq = 0;
    turn_next_point(turn, stream_id, &seq);
    uint8_t random[CASE_HANDLE_RANDOM_BYTES];
    random_fill(turn->random, random, sizeof(random));
    case_handle_make(seq, random, ret_case->handle);
    random_fill(turn->random, ret_case->key, sizeof(ret_case->key));
}

/* Keeps the case under a number that none has. */
static enum status put_numbered(struct intake *intake, const struct random_source *random,
                                char number[CASE_NUMBER_TEXT_SIZE],
                                const struct case_record *record, uint64_t *ret_id)
{
    *ret_id = 0;
    for (unsigned draw = 0; draw < NUMBER_DRAWS_MAX && *ret_id == 0; draw++) {
        case_number_draw(&intake->numbers, random, number);
        TRY(intake_store_put_case(&intake->tables, record, ret_id));
    }
    return *ret_id == 0 ? STATUS_SYSTEM_FAILED : STATUS_OK;
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

/* Keeps the case without its revision: number, handle and wrapped key. */
static enum status put_case(struct intake *intake, const struct turn *turn,
                            const struct incoming *incoming, struct new_case *new_case,
                            const struct revision_record *first, uint64_t *ret_id)
{
    const struct key_secret *secret = &intake->secrets.key_encryption;
    struct case_record record = {
        .case_number = new_case->number,
        .region = incoming->facts.region,
        .reporter = incoming->reporter,
        .first = first,
    };
    memcpy(record.case_handle, new_case->handle, sizeof(record.case_handle));
    seal_wrap_key(turn->random, secret->secret, secret->epoch, new_case->handle, new_case->key,
                  record.wrapped_key);
    return put_numbered(intake, turn->random, new_case->number, &record, ret_id);
}

/* Where a case's key is, if it is among the recent: by the seq that its handle begins with. */
static struct recent_key *recent_key_of(struct intake *intake,
                                        const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    return &intake->secrets.recent[bytes_get_u64(case_handle) % RECENT_KEYS];
}

static void remember_key(struct intake *intake, const struct new_case *new_case)
{
    struct recent_key *recent = recent_key_of(intake, new_case->handle);
    memcpy(recent->case_handle, new_case->handle, sizeof(recent->case_handle));
    memcpy(recent->key, new_case->key, sizeof(recent->key));
}

/* What the receipt says of the facts whose event has this header: its leaf. */
static enum status make_leaf(struct turn *turn, const struct accepted_facts *accepted,
                             const struct event_header *header, struct view *ret_leaf)
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
    return receipt_leaf_make(body, turn->arena, ret_leaf);
}

/* What is known of a revision before its event is. */
static struct revision_record revision_of(const struct accepted_facts *facts,
                                          const struct incoming *incoming)
{
    struct revision_record record = {
        .revision = facts->facts_revision,
        .node = facts->node,
        .submission_id = facts->submission_id,
        .accepted_at = facts->accepted_at,
        .incident_date = facts->facts->incident.date,
        .received = facts->facts->received,
        .is_clock_off = clock_is_off(facts->sent_at, facts->accepted_at),
    };
    memcpy(record.hash, incoming->hash, sizeof(record.hash));
    return record;
}

/* Keeps the revision, whose event is `made`; its receipt gets the next place. */
static enum status put_revision(struct intake *intake, struct turn *turn, uint64_t case_id,
                                const struct accepted_facts *facts, const struct event_made *made,
                                struct revision_record *record)
{
    record->seq = made->header.seq;
    record->header = made->header_bytes;
    record->sealed = made->sealed;
    memcpy(record->stream_id, made->header.stream_id, sizeof(record->stream_id));
    TRY(make_leaf(turn, facts, &made->header, &record->receipt));
    TRY(turn_receipts_place(&intake->receipts, &intake->tables, &record->receipt_tree,
                            &record->receipt_index));
    return intake_store_put_revision(&intake->tables, case_id, record);
}

static enum status owe(struct intake *intake, struct turn *turn, struct door_request *request,
                       const struct revision_record *record)
{
    return turn_receipts_owe(&intake->receipts, turn, request, record->receipt,
                             record->receipt_index);
}

enum status intake_accept(struct intake *intake, struct turn *turn,
                          const struct incoming *incoming, struct door_request *request)
{
    CLEANUP(new_case_wipe) struct new_case new_case = {0};
    draw_case(turn, &new_case);
    struct accepted_facts facts = incoming->facts;
    facts.case_number = new_case.number;
    facts.facts_revision = 1;
    struct revision_record record = revision_of(&facts, incoming);
    uint64_t case_id = 0;
    TRY(put_case(intake, turn, incoming, &new_case, &record, &case_id));
    struct event_made made;
    TRY(append_facts(turn, INTAKE_EVENT_CASE_ACCEPTED, &new_case, &facts, &made));
    TRY(put_revision(intake, turn, case_id, &facts, &made, &record));
    remember_key(intake, &new_case);
    return owe(intake, turn, request, &record);
}

enum status intake_accept_correction(struct intake *intake, struct turn *turn,
                                     const struct case_row *corrected,
                                     const struct incoming *incoming, struct door_request *request)
{
    CLEANUP(new_case_wipe) struct new_case of = {0};
    memcpy(of.handle, corrected->case_handle, sizeof(of.handle));
    TRY(intake_find_case_key(intake, of.handle, of.key));
    struct accepted_facts facts = incoming->facts;
    facts.case_number = corrected->case_number;
    facts.facts_revision = corrected->facts_revision + 1;
    struct revision_record record = revision_of(&facts, incoming);
    struct event_made made;
    TRY(append_facts(turn, INTAKE_EVENT_CASE_CORRECTED, &of, &facts, &made));
    TRY(put_revision(intake, turn, corrected->id, &facts, &made, &record));
    return owe(intake, turn, request, &record);
}

void case_secret_wipe(struct case_secret *secret)
{
    sodium_memzero(secret, sizeof(*secret));
}

enum status intake_find_case_key(struct intake *intake,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE],
                                 uint8_t case_key[CASE_KEY_SIZE])
{
    const struct recent_key *recent = recent_key_of(intake, case_handle);
    bool is_handle = bytes_get_u64(case_handle) != 0; /* no event has seq 0 */
    if (is_handle && memcmp(recent->case_handle, case_handle, CASE_HANDLE_SIZE) == 0) {
        memcpy(case_key, recent->key, CASE_KEY_SIZE);
        return STATUS_OK;
    }
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
