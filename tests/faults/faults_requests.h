/*
 * What people ask in one life, over and over until it is answered: reports of cases, a correction,
 * acts, lists.
 *
 * Why: whoever isn't answered asks again; so a lost answer must change nothing, and what was
 * answered once must be answered alike for ever.
 */
#ifndef NETRA_TESTS_FAULTS_FAULTS_REQUESTS_H
#define NETRA_TESTS_FAULTS_FAULTS_REQUESTS_H

#include "common/base/arena.h"
#include "tests/faults/faults_net.h"

#define FAULTS_REQUESTS_MAX 24u
#define FAULTS_ANSWER_BYTES 4096u

struct faults_request {
    const char *name;
    unsigned person;
    unsigned service;
    uint32_t kind;    /* RequestKind */
    struct view body; /* in the requests' arena */
    bool is_lasting;  /* it is answered alike for ever: a receipt, an act's place */
    bool is_done;
    int64_t again_ms; /* when it is asked next */
    uint8_t answer[FAULTS_ANSWER_BYTES];
    size_t answer_size;
};

struct faults_requests {
    struct arena arena;
    struct faults_request rows[FAULTS_REQUESTS_MAX];
    unsigned count;
    char broken[200]; /* the first promise that was broken; "": none */
};

/* The parts of a life that ask something. */
enum faults_asking {
    FAULTS_ASKING_CASES,
    FAULTS_ASKING_ACTS,  /* needs the cases' receipts */
    FAULTS_ASKING_AGAIN, /* all that is lasting once more, and another case */
};

void faults_requests_begin(struct faults_requests *requests);
void faults_requests_end(struct faults_requests *requests);

/* Adds what that part asks. */
void faults_requests_add(struct faults_requests *requests, enum faults_asking asking);

/* Takes answers, and asks what is due. */
void faults_requests_step(struct faults_requests *requests, struct faults_net *net,
                          int64_t now_ms);

/* Whether everything is answered. */
bool faults_requests_are_done(const struct faults_requests *requests);

#endif
