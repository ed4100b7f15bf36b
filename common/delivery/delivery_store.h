/*
 * What delivery remembers beside the event log: cursors, inbox positions, process starts, deaths,
 * dead letters, answered acts. The only SQL of delivery besides event_log.c.
 *
 * Every write happens inside the caller's transaction.
 */
#ifndef NETRA_DELIVERY_DELIVERY_STORE_H
#define NETRA_DELIVERY_DELIVERY_STORE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/delivery/position.h"
#include "common/store/store.h"
#include "common/wire/header.h"

#include <stdbool.h>
#include <stdint.h>

#define PROCESS_START_SIZE 8u

/* The SQL of the tables, one migration step; part of the shared migrations. */
extern const char delivery_store_migration[];

enum delivery_statement {
    DELIVERY_CURSOR_GET,
    DELIVERY_CURSOR_PUT,
    DELIVERY_INBOX_GET,
    DELIVERY_INBOX_PUT,
    DELIVERY_CLOSED_PUT,
    DELIVERY_CLOSED_HAS,
    DELIVERY_START_PUT,
    DELIVERY_START_HAS,
    DELIVERY_START_LAST,
    DELIVERY_START_CLEAN,
    DELIVERY_DEATH_GET,
    DELIVERY_DEATH_PUT,
    DELIVERY_DEATH_DELETE,
    DELIVERY_DEATH_ANY,
    DELIVERY_LETTER_PUT,
    DELIVERY_LETTER_GET,
    DELIVERY_LETTER_LIST,
    DELIVERY_LETTER_FIND,
    DELIVERY_LETTER_STATE,
    DELIVERY_LETTER_RETRYING,
    DELIVERY_LETTER_DELETE,
    DELIVERY_LETTER_COUNT,
    DELIVERY_ACT_GET,
    DELIVERY_ACT_PUT,
    DELIVERY_STATEMENT_COUNT
};

struct delivery_store {
    struct statement statements[DELIVERY_STATEMENT_COUNT];
};

/* Prepares the statements. */
enum status delivery_store_open(struct delivery_store *delivery, struct store *store) MUST_USE;
void delivery_store_close(struct delivery_store *delivery);

/* How far a destination has acknowledged our log, and which store it said that from. */
struct cursor {
    uint64_t position; /* event_log position; 0: nothing */
    uint64_t bytes_through;
    uint8_t store_id[STREAM_ID_SIZE]; /* zero: not heard yet */
};

/* An absent cursor is all zero. */
enum status delivery_cursor_get(struct delivery_store *delivery, const char *destination,
                                struct cursor *ret_cursor) MUST_USE;
enum status delivery_cursor_put(struct delivery_store *delivery, const char *destination,
                                const struct cursor *cursor) MUST_USE;

/* Where a producer's stream was applied through. An absent one is all zero. */
enum status delivery_inbox_get(struct delivery_store *delivery, const char *producer,
                               struct position *ret_position) MUST_USE;
enum status delivery_inbox_put(struct delivery_store *delivery, const char *producer,
                               const struct position *position) MUST_USE;

/* Streams that were left for a following one: a cause in them counts as applied (protocol.md 5).
 */
enum status delivery_closed_put(struct delivery_store *delivery,
                                const uint8_t stream_id[STREAM_ID_SIZE]) MUST_USE;
enum status delivery_closed_has(struct delivery_store *delivery,
                                const uint8_t stream_id[STREAM_ID_SIZE], bool *ret_has) MUST_USE;

/* Every start of a process on this store, so that an echo of a number never drawn is recognised.
 */
enum status delivery_start_put(struct delivery_store *delivery,
                               const uint8_t start[PROCESS_START_SIZE]) MUST_USE;
enum status delivery_start_has(struct delivery_store *delivery,
                               const uint8_t start[PROCESS_START_SIZE], bool *ret_has) MUST_USE;
/* Whether the newest start ended by delivery_start_clean; true when there was none. */
enum status delivery_last_was_clean(struct delivery_store *delivery, bool *ret_was_clean) MUST_USE;
enum status delivery_start_clean(struct delivery_store *delivery,
                                 const uint8_t start[PROCESS_START_SIZE]) MUST_USE;

/* Deaths of the process while that entry was applied alone. */
enum status delivery_deaths_get(struct delivery_store *delivery,
                                const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                unsigned *ret_deaths) MUST_USE;
enum status delivery_deaths_put(struct delivery_store *delivery,
                                const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                unsigned deaths) MUST_USE;
enum status delivery_deaths_delete(struct delivery_store *delivery,
                                   const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq) MUST_USE;
/* Whether any entry's deaths are on record: then applied entries must be looked up in it. */
enum status delivery_deaths_any(struct delivery_store *delivery, bool *ret_any) MUST_USE;

/* An entry that was set aside: header and ciphertext as they came. */
struct dead_letter {
    uint64_t id;
    char producer[65];
    uint8_t header_bytes[HEADER_SIZE];
    struct view payload; /* borrowed when put; in the arena when got */
    enum status why;
    int64_t at_utc_s;
    bool is_retrying; /* an operator asked for another try */
};

enum status delivery_letter_put(struct delivery_store *delivery,
                                const struct dead_letter *letter) MUST_USE;
/* Without an arena (NULL) the payload stays empty. STATUS_NOT_FOUND, STATUS_NO_MEMORY. */
enum status delivery_letter_get(struct delivery_store *delivery, uint64_t id, struct arena *arena,
                                struct dead_letter *ret_letter) MUST_USE;
/* The id of the dead letter of that entry. STATUS_NOT_FOUND. */
enum status delivery_letter_find(struct delivery_store *delivery,
                                 const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                 uint64_t *ret_id) MUST_USE;
/* The oldest one that an operator wants retried; *ret_id 0 when there is none. */
enum status delivery_letter_retrying(struct delivery_store *delivery, uint64_t *ret_id) MUST_USE;
enum status delivery_letter_state(struct delivery_store *delivery, uint64_t id, bool is_retrying,
                                  enum status why) MUST_USE;
enum status delivery_letter_delete(struct delivery_store *delivery, uint64_t id) MUST_USE;
enum status delivery_letter_count(struct delivery_store *delivery, uint64_t *ret_count) MUST_USE;
/* Ids after `after`, ascending, at most `ids_max`. */
enum status delivery_letter_list(struct delivery_store *delivery, uint64_t after, unsigned ids_max,
                                 uint64_t *ids, unsigned *ret_count) MUST_USE;

/* The stored answer of an act, by its signature (protocol.md 26). STATUS_NOT_FOUND when it is new.
 */
enum status delivery_act_get(struct delivery_store *delivery,
                             const uint8_t signature[SIGNATURE_SIZE], struct arena *arena,
                             struct view *ret_answer) MUST_USE;
enum status delivery_act_put(struct delivery_store *delivery,
                             const uint8_t signature[SIGNATURE_SIZE], struct view answer) MUST_USE;

#endif
