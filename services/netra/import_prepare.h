/*
 * From a row of the imported file to the request that a slot of the window sends.
 */
#ifndef NETRA_NETRA_IMPORT_PREPARE_H
#define NETRA_NETRA_IMPORT_PREPARE_H

#include "services/netra/import.h"
#include "services/netra/import_rows.h"
#include "services/netra/result_file.h"
#include "services/netra/submission.h"

struct import_maker {
    struct import_rows *rows;
    struct submission_setting setting;
    struct submission submission; /* of the last row */
    struct facts_problems problems;
};

/*
 * Makes the slot's request and id of the row that was read last. Whatever is returned, slot->id is
 * the row's: that of `before`, else the row's own, else a new one; where `before` was refused, an
 * id that the row itself has goes first. A REJECT status: the row can't
 * be handed in, and `detail` says why, each problem on a line. Others: STATUS_NO_MEMORY,
 * STATUS_CONFIG_INVALID.
 */
enum status import_prepare(struct import_maker *maker, struct row_state before,
                           struct arena *arena, struct import_slot *slot,
                           char detail[RESULT_DETAIL_BYTES], struct diag *diag) MUST_USE;

#endif
