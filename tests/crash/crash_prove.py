"""Shows that the ledger notices: each row leaves the stores as one bug would, and names the rule
that must fail. The undamaged copy must pass every rule.
"""
import os

import ledger
from crash_doctor import Doctor
from ledger_store import read_told

ACCEPTED, DECIDED, QUEUED = (ledger.EVENT_CASE_ACCEPTED, ledger.EVENT_DECISION_MADE,
                             ledger.EVENT_NOTICE_QUEUED)
CONSUMERS = {"intake": ("classification", "notification", "audit-log"),
             "classification": ("notification", "audit-log"), "notification": ("audit-log",)}


def nothing(doctor):
    """The good copy, rewritten by the same hands."""
    doctor.write_leaves()


def ack_before_commit(doctor):
    """Classification acked the last case and died before the commit: it is decided nowhere."""
    decided = doctor.last_of("classification", DECIDED)
    queued = doctor.last_of("notification", QUEUED)
    handle = doctor.leaves[decided][42:58]
    if doctor.leaves[queued][42:58] != handle:
        raise AssertionError("the last decision's notice is not the last notice")
    doctor.run("classification", "DELETE FROM decision WHERE case_handle = ?", handle)
    doctor.run("notification", "DELETE FROM notice WHERE case_handle = ?", handle)
    for name in ("classification", "notification"):
        doctor.set_end(name, len(doctor.of_stream(name)) - 1, CONSUMERS[name])
    for index in sorted((decided, queued), reverse=True):
        doctor.remove(index)
    doctor.write_leaves()


def inbox_not_moved(doctor):
    """Audit-log committed an entry without its position, died, and took it again."""
    index = doctor.last_of("notification", QUEUED)
    doctor.append_copy(index, len(doctor.of_stream("notification")))
    doctor.write_leaves()


def cursor_too_far(doctor):
    """Notification held its last event for acked before it was: audit-log never gets it."""
    index = doctor.last_of("notification", QUEUED)
    end = len(doctor.of_stream("notification"))
    doctor.set_inbox("audit-log", "notification", end - 1,
                     doctor.digest_at("notification", end - 1))
    doctor.remove(index)
    doctor.write_leaves()


def decided_twice(doctor):
    """The late twin of a result was committed too: a second revision, its event and its notice."""
    decided = doctor.last_of("classification", DECIDED)
    queued = doctor.last_of("notification", QUEUED)
    handle = doctor.leaves[decided][42:58]
    seq = len(doctor.of_stream("classification")) + 1
    doctor.append_copy(decided, seq)
    doctor.append_copy(queued, len(doctor.of_stream("notification")) + 1, cause_seq=seq)
    doctor.run("classification",
               "INSERT INTO decision SELECT case_handle, 2, id + 1, outcome, disposition, reason,"
               " facts_stream, facts_seq, ? FROM decision WHERE case_handle = ?", seq, handle)
    doctor.run("notification",
               "INSERT INTO notice (case_handle, revision, recipient, kind, state, at)"
               " SELECT case_handle, 2, recipient, kind, state, at FROM notice"
               " WHERE case_handle = ?", handle)
    for name in ("classification", "notification"):
        doctor.set_end(name, len(doctor.of_stream(name)), CONSUMERS[name])
    doctor.write_leaves()


def receipt_lost(doctor):
    told = doctor.told[-1].submission_id
    doctor.run("intake", "DELETE FROM case_record WHERE submission_id = ?", told)


def never_sent(doctor):
    doctor.sent.discard(doctor.told[-1].submission_id)


def effect_before_cause(doctor):
    decided = doctor.last_of("classification", DECIDED)
    for row in (doctor.leaves, doctor.payloads):
        row.insert(0, row.pop(decided))
    doctor.write_leaves()


def notice_lost(doctor):
    doctor.run("notification", "DELETE FROM notice WHERE id = (SELECT max(id) FROM notice)")


def digest_wrong(doctor):
    doctor.run("classification", "UPDATE inbox SET digest = zeroblob(32)")


def number_wrong(doctor):
    index = doctor.last_of("classification", DECIDED)
    leaf = doctor.leaves[index]
    doctor.leaves[index] = leaf[:58] + (9).to_bytes(8, "big") + leaf[66:]
    doctor.store_leaves()


def leaf_hash_wrong(doctor):
    doctor.run("audit-log", "UPDATE leaf SET leaf_hash = zeroblob(32) WHERE idx ="
                            " (SELECT max(idx) FROM leaf)")


def checkpoint_old(doctor):
    doctor.leaves.pop()
    doctor.checkpoint = doctor.new_checkpoint()


def payload_lost(doctor):
    doctor.run("audit-log", "UPDATE payload SET payload = x'0203' WHERE idx = 3")


def run_wrong(doctor):
    doctor.run("audit-log", "UPDATE run SET count = count + 1")


def dead_letter(doctor):
    doctor.run("notification",
               "INSERT INTO dead_letter (producer, stream_id, seq, header, payload, status, at,"
               " is_retrying) VALUES ('intake', x'00', 1, x'00', x'00', 'DIED_ALONE', 1, 0)")


def acceptance_twice(doctor):
    index = doctor.last_of("intake", ACCEPTED)
    doctor.append_copy(index, len(doctor.of_stream("intake")) + 1)
    doctor.write_leaves()


def not_clean(doctor):
    doctor.run("intake", "UPDATE process_start SET is_clean = 0")


# (what the bug is, how it leaves the stores, the rule that must fail)
MUTANTS = (
    ("ack before commit", ack_before_commit, ledger.case_has_one_decision),
    ("inbox not moved", inbox_not_moved, ledger.stream_stands_once_in_order),
    ("cursor moved too far", cursor_too_far, ledger.everything_arrived),
    ("cursor moved too far, in the log", cursor_too_far, ledger.stream_stands_once_in_order),
    ("decision committed twice", decided_twice, ledger.case_has_one_decision),
    ("a receipted case is lost", receipt_lost, ledger.receipted_case_exists_once),
    ("a case that nobody sent", never_sent, ledger.nothing_was_made_up),
    ("an effect before its cause", effect_before_cause, ledger.cause_stands_before_effect),
    ("a notice is lost", notice_lost, ledger.decision_has_its_notices),
    ("an acceptance stands twice", acceptance_twice, ledger.case_has_one_event),
    ("a position with another digest", digest_wrong, ledger.chain_fits),
    ("a leaf with a wrong number", number_wrong, ledger.case_is_numbered),
    ("a stored leaf hash is wrong", leaf_hash_wrong, ledger.leaf_is_well_formed),
    ("the checkpoint is an old one", checkpoint_old, ledger.tree_is_published),
    ("a payload is not what it was", payload_lost, ledger.payload_is_kept),
    ("the log's index is wrong", run_wrong, ledger.index_tables_fit),
    ("a dead letter nobody expects", dead_letter, ledger.dead_letters_are_expected),
    ("a stop that was not clean", not_clean, ledger.store_is_sound),
)


def prove(home, told_paths, results):
    """Doctors copies of the stopped home's stores, one after the other."""
    sent, told = read_told(told_paths)
    folder = os.path.join(home.folder, "doctored")

    def rules_failing(damage):
        doctor = Doctor(home.path("stores"), folder, sent, told)
        damage(doctor)
        return [name for name, _ in ledger.check(doctor.facts())]

    found = rules_failing(nothing)
    results.tell("prove: an undamaged copy passes", f"it fails {found}" if found else None)
    for name, damage, rule in MUTANTS:
        found = rules_failing(damage)
        is_noticed = rule.__name__ in found
        results.tell(f"prove: {name}: the ledger fails at `{rule.__name__.replace('_', ' ')}`",
                     None if is_noticed else f"it fails at {found} only")
