/*
 * What the stores hold at a life's end, as numbers and digests that don't depend on the way there,
 * and whether each is whole.
 */
#ifndef NETRA_TESTS_FAULTS_FAULTS_CONTENT_H
#define NETRA_TESTS_FAULTS_FAULTS_CONTENT_H

#include "tests/faults/faults_life.h"

#define FAULTS_CONTENT_BYTES 4096u
#define FAULTS_VERDICTS_BYTES 256u

/* Lines "service: what: value". */
struct faults_content {
    char text[FAULTS_CONTENT_BYTES];
    char verdicts[FAULTS_VERDICTS_BYTES]; /* what the machine found, apart: a case whose deciding
                                           * runs out of memory goes to a person undecided */
};

/* Reads the stores of stopped services through the simulated disks. A store that is damaged, or
 * whose chain does not fit, is a broken promise of the life. */
void faults_content_read(struct faults_life *life, struct faults_content *ret_content);

#endif
