/*
 * What the world outside saw: written by clients as answers arrive, read by the checker at the
 * end. Whatever stands here as receipted or done was promised to somebody.
 *
 * Why kept apart from the stores: a promise is kept or broken in the stores, but it was given
 * here.
 * Limits: SIM_SUBMISSIONS_MAX and SIM_ACTS_MAX rows, enough for the longest run.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_LEDGER_H
#define NETRA_TESTS_SIMULATION_SIM_LEDGER_H

#include "common/base/status.h"
#include "common/wire/header.h"

#include <stdbool.h>
#include <stdint.h>

#define SIM_SUBMISSIONS_MAX 64u
#define SIM_ACTS_MAX 512u
#define SIM_RECEIPT_BYTES_MAX 1024u
#define SIM_CASE_NUMBER_BYTES 32u

/* A submission or a correction, from the moment a node first sends it. */
struct sim_submission {
    uint8_t id[16];       /* UUIDv7, as sent */
    unsigned node;        /* which node client */
    unsigned narrative;   /* which of the fixed narratives (sim_client.h) */
    bool is_correction;   /* of the case of submissions[corrects] */
    unsigned corrects;    /* index; with is_correction */
    bool is_receipted;    /* a receipt has arrived */
    int64_t sent_ms;      /* first sent, world time */
    int64_t asked_ms;     /* last, before the receipt; world time */
    int64_t receipted_ms; /* world time */
    bool is_undone;       /* intake's store may be a copy from before the receipt */
    bool is_refused;      /* the service said no for good; `refused` says why */
    enum status refused;
    unsigned receipts_again; /* how often the same receipt came again, byte for byte */
    unsigned conflicts;      /* how often the same id with other content was refused (exit 7) */
    char case_number[SIM_CASE_NUMBER_BYTES];
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint8_t stream_id[STREAM_ID_SIZE]; /* of the accepting event, as the receipt says … */
    uint64_t seq;                      /* … and its seq */
    uint32_t facts_revision;
    uint8_t newest_stream_id[STREAM_ID_SIZE]; /* as the newest receipt says: another one after … */
    uint64_t newest_seq;                      /* … intake's store was put back */
    uint8_t receipt[SIM_RECEIPT_BYTES_MAX];   /* the answer's body as it came */
    unsigned receipt_size;
};

/* A person's signed act. */
struct sim_act {
    unsigned service; /* enum sim_service */
    uint16_t type;    /* EventType */
    uint8_t signature[SIGNATURE_SIZE];
    uint8_t case_handle[CASE_HANDLE_SIZE]; /* zero: of no case */
    int64_t asked_ms;                      /* last, world time */
    int64_t answered_ms;                   /* world time; with is_done */
    bool is_done;                          /* the service said where it stands */
    bool is_undone;                        /* its store may be a copy from before it */
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
    bool is_refused;
    enum status refused;
};

struct sim_ledger {
    struct sim_submission submissions[SIM_SUBMISSIONS_MAX];
    unsigned submission_count;
    struct sim_act acts[SIM_ACTS_MAX];
    unsigned act_count;
};

#endif
