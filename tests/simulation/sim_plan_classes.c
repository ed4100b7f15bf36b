/*
 * What a plan may draw of each class of fault.
 */
#include "tests/simulation/sim_plan_classes.h"

#define FROM(least, most) \
    {                     \
        (least), (most)   \
    }

static const struct sim_class rows[SIM_FAULT_CLASS_COUNT] = {
    [SIM_FAULT_LOSS] = {"loss", SIM_KIND_NETWORK, SIM_WHOM_LINK, .count_max = 4,
                        .lasts = FROM(500, 10000), .per_mille = FROM(20, 500)},
    [SIM_FAULT_DUPLICATION] = {"duplication", SIM_KIND_NETWORK, SIM_WHOM_LINK, .count_max = 4,
                               .lasts = FROM(500, 10000), .per_mille = FROM(50, 500)},
    [SIM_FAULT_REORDERING] = {"reordering", SIM_KIND_NETWORK, SIM_WHOM_LINK, .count_max = 4,
                              .lasts = FROM(500, 10000), .per_mille = FROM(50, 500)},
    [SIM_FAULT_DELAY] = {"delay", SIM_KIND_NETWORK, SIM_WHOM_LINK, .count_max = 4,
                         .lasts = FROM(500, 10000), .length = FROM(10, 5000)},
    [SIM_FAULT_PARTITION] = {"partition", SIM_KIND_NETWORK, SIM_WHOM_LINK, .count_max = 3,
                             .lasts = FROM(500, 15000)},
    [SIM_FAULT_CONNECTION_LOST] = {"connection_lost", SIM_KIND_NETWORK, SIM_WHOM_LINK,
                                   .count_max = 6, .length = FROM(0, 2000)},
    [SIM_FAULT_CRASH_AT_STEP] = {"crash_at_step", SIM_KIND_PROCESS, SIM_WHOM_SERVICE,
                                 .count_max = 6, .length = FROM(10, 4000), .nth = FROM(1, 400)},
    [SIM_FAULT_CRASH_AT_POINT] = {"crash_at_point", SIM_KIND_PROCESS, SIM_WHOM_POINT,
                                  .count_max = 6, .length = FROM(10, 4000), .nth = FROM(1, 6)},
    [SIM_FAULT_CLOCK_JUMP] = {"clock_jump", SIM_KIND_PROCESS, SIM_WHOM_SERVICE, .count_max = 4,
                              .length = FROM(-7200000, 7200000)},
    [SIM_FAULT_SUSPENSION] = {"suspension", SIM_KIND_PROCESS, SIM_WHOM_SERVICE, .count_max = 3,
                              .lasts = FROM(100, 20000)},
    [SIM_FAULT_MIXED_CONTRACT] = {"mixed_contract", SIM_KIND_PROCESS, SIM_WHOM_SERVICE,
                                  .count_max = 1, .lasts = FROM(2000, 15000)},
    [SIM_FAULT_POWER_CUT] = {"power_cut", SIM_KIND_DISK, SIM_WHOM_SERVICE, .count_max = 6,
                             .length = FROM(10, 4000), .nth = FROM(1, 400)},
    [SIM_FAULT_KILL_THEN_POWER_CUT] = {"kill_then_power_cut", SIM_KIND_DISK, SIM_WHOM_SERVICE,
                                       .count_max = 4, .length = FROM(10, 4000),
                                       .nth = FROM(1, 400), .times = FROM(1, 200)},
    [SIM_FAULT_SYNC_FAILS] = {"sync_fails", SIM_KIND_DISK, SIM_WHOM_SERVICE, .count_max = 3,
                              .length = FROM(10, 4000), .nth = FROM(1, 40), .times = FROM(1, 2)},
    [SIM_FAULT_DISK_FULL] = {"disk_full", SIM_KIND_DISK, SIM_WHOM_SERVICE, .count_max = 2,
                             .lasts = FROM(500, 10000)},
    [SIM_FAULT_READ_FAILS] = {"read_fails", SIM_KIND_DISK, SIM_WHOM_SERVICE, .count_max = 3,
                              .length = FROM(10, 4000), .nth = FROM(1, 60), .times = FROM(1, 4)},
    [SIM_FAULT_WRITE_FAILS] = {"write_fails", SIM_KIND_DISK, SIM_WHOM_SERVICE, .count_max = 4,
                               .length = FROM(10, 4000), .nth = FROM(1, 200), .times = FROM(1, 6)},
    [SIM_FAULT_STORE_RESTORED] = {"store_restored", SIM_KIND_DISK, SIM_WHOM_SERVICE,
                                  .count_max = 1, .length = FROM(500, 15000)},
    [SIM_FAULT_SLOW_WORKER] = {"slow_worker", SIM_KIND_WORKER, SIM_WHOM_WORKER, .count_max = 3,
                               .lasts = FROM(1000, 20000), .length = FROM(100, 8000)},
    [SIM_FAULT_STOPPED_WORKER] = {"stopped_worker", SIM_KIND_WORKER, SIM_WHOM_WORKER,
                                  .count_max = 3, .lasts = FROM(1000, 40000)},
    [SIM_FAULT_WORKER_JOINS] = {"worker_joins", SIM_KIND_WORKER, SIM_WHOM_NEW_WORKER,
                                .count_max = 3},
    [SIM_FAULT_WORKER_LEAVES] = {"worker_leaves", SIM_KIND_WORKER, SIM_WHOM_WORKER,
                                 .count_max = 3},
    [SIM_FAULT_POISON] = {"poison", SIM_KIND_WORKER, SIM_WHOM_APPLIER, .count_max = 2,
                          .lasts = FROM(5000, 60000), .length = FROM(10, 1000)},
    [SIM_FAULT_DRAIN] = {"drain", SIM_KIND_PEOPLE, SIM_WHOM_SERVICE, .count_max = 3,
                         .length = FROM(100, 4000)},
    [SIM_FAULT_RECOVERY] = {"recovery", SIM_KIND_PEOPLE, SIM_WHOM_SERVICE, .count_max = 1},
    [SIM_FAULT_REDRIVE] = {"redrive", SIM_KIND_PEOPLE, SIM_WHOM_APPLIER, .count_max = 2},
    [SIM_FAULT_REVOCATION] = {"revocation", SIM_KIND_PEOPLE, SIM_WHOM_CLIENT, .count_max = 1},
};

const char *sim_fault_name(enum sim_fault_class what)
{
    return rows[what].name;
}

const char *sim_mode_name(enum sim_mode mode)
{
    static const char *const names[SIM_MODE_COUNT] = {"calm", "one_class", "one_kind",
                                                      "everything"};
    return names[mode];
}

const struct sim_class *sim_class(enum sim_fault_class what)
{
    return &rows[what];
}

bool sim_point_is_passed(enum fault_point point)
{
    return point != FAULT_import_id_written && point != FAULT_import_receipt_told;
}

unsigned sim_point_passer(enum fault_point point)
{
    switch (point) {
    case FAULT_audit_before_publish:
    case FAULT_audit_publish_written:
        return SIM_AUDIT_LOG;
    case FAULT_notice_marked:
    case FAULT_notice_handed_over:
        return SIM_NOTIFICATION;
    case FAULT_lease_counted:
        return SIM_CLASSIFICATION;
    case FAULT_worker_deciding:
    case FAULT_worker_decided:
        return SIM_WORKER_FIRST;
    case FAULT_turn_began:
    case FAULT_turn_entry_counted:
    case FAULT_turn_entry_applying:
    case FAULT_turn_entry_applied:
    case FAULT_turn_before_commit:
    case FAULT_turn_after_commit:
    case FAULT_turn_after_confirm:
    case FAULT_alone_before_commit:
    case FAULT_alone_after_commit:
    case FAULT_link_batch_built:
    case FAULT_link_batch_sent:
    case FAULT_store_commit:
    case FAULT_store_checkpoint:
    case FAULT_start_opened:
    case FAULT_stop_draining:
    case FAULT_import_id_written:
    case FAULT_import_receipt_told:
    case FAULT_COUNT:
        break;
    }
    return SIM_EVERYBODY;
}
