/*
 * Evidence that stays where it lies: a file's digest and size, read a piece at a time.
 */
#ifndef NETRA_NETRA_EVIDENCE_H
#define NETRA_NETRA_EVIDENCE_H

#include "common/case/facts.h"

/* Reads the file. NULL: done; else what is wrong, static text or the system's, without the path.
 */
const char *evidence_read(const char *path, struct facts_evidence *ret_evidence);

#endif
