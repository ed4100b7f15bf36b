"""Shows that the ledger notices: each row leaves the stores as one bug would, and names the rule
that must fail. The undamaged copy must pass every rule.
"""
import os

import ledger
from crash_doctor import Doctor
from ledger_store import read_told

CONSUMERS = {"intake": ("classification", "notification", "audit-log"),
             "classification": ("notification", "audit-log"), "notification": ("audit-log",)}


def nothing(doctor):
    """The good copy, rewritten by the same hands."""
    doctor.write_leaves()


def ack_before_commit(doctor):
    """Classification acked the last case and died before the commit: it is decided nowhere."""
    decided, told = doctor.last_case()
    handle = doctor.leaves[decided][42:58]
    ends = {"classification": len(doctor.of_stream("classification")) - 1,
            "notification": len(doctor.of_stream("notification")) - len(told)}
    doctor.run("classification", "DELETE FROM decision WHERE case_handle = ?", handle)
    doctor.run("notification", "DELETE FROM notice WHERE case_handle = ?", handle)
    for notice in doctor.stores["notification"].notices:
        if notice.case_handle == handle:
            doctor.channels.mails.pop(doctor.channels.message_id(notice), None)
    for name, end in ends.items():
        doctor.set_end(name, end, CONSUMERS[name])
    for index in sorted((decided, *told), reverse=True):
        doctor.remove(index)
    doctor.write_leaves()


def inbox_not_moved(doctor):
    """Audit-log committed an entry without its position, died, and took it again."""
    doctor.append_copy(doctor.of_stream("notification")[-1],
                       len(doctor.of_stream("notification")))
    doctor.write_leaves()


def cursor_too_far(doctor):
    """Notification held its last event for acked before it was: audit-log never gets it."""
    end = len(doctor.of_stream("notification"))
    doctor.set_inbox("audit-log", "notification", end - 1,
                     doctor.digest_at("notification", end - 1))
    doctor.remove(doctor.of_stream("notification")[-1])
    doctor.write_leaves()


def decided_twice(doctor):
    """The late twin of a result was committed too: a second revision, its event, its notices."""
    decided, told = doctor.last_case()
    handle = doctor.leaves[decided][42:58]
    seq = len(doctor.of_stream("classification")) + 1
    doctor.append_copy(decided, seq)
    at = len(doctor.of_stream("notification"))
    queued = [index for index in told if doctor.leaves[index][42:58] == handle]
    for number, index in enumerate(queued, 1):
        doctor.append_copy(index, at + number, cause_seq=seq)
    doctor.without_constraints("classification", "decision")
    for name in ("classification", "notification"):
        doctor.set_end(name, len(doctor.of_stream(name)), CONSUMERS[name])
    copy_rows(doctor, "classification", "decision", handle, {"revision": 2, "seq": seq})
    doctor.without_constraints("notification", "notice")
    copy_rows(doctor, "notification", "notice", handle, {"revision": 2, "state": "queued"})
    doctor.write_leaves()


def copy_rows(doctor, service, table, handle, how):
    """The case's rows once more, with other values."""
    sets = ", ".join(f"{key} = ?" for key in how)
    doctor.run(service, f"CREATE TABLE twin AS SELECT * FROM {table} WHERE case_handle = ?",
               handle)
    doctor.run(service, f"UPDATE twin SET id = id + 1000000, {sets}", *how.values())
    doctor.run(service, f"INSERT INTO {table} SELECT * FROM twin")
    doctor.run(service, "DROP TABLE twin")


def older_revision_of_facts(doctor):
    """A correction was taken, and the old facts were decided again."""
    first = corrected(doctor)
    doctor.run("classification", "UPDATE decision SET facts_stream = ?, facts_seq = ?"
                                 " WHERE case_handle = ? AND facts_revision = 2",
               first.stream_id, first.seq, first.case_handle)


def corrected(doctor):
    """The first facts revision of a case that was corrected."""
    revisions = doctor.stores["intake"].revisions
    handle = next(row.case_handle for row in revisions if row.revision == 2)
    return next(row for row in revisions if (row.case_handle, row.revision) == (handle, 1))


def correction_lost(doctor):
    handle = corrected(doctor).case_handle
    row = next(row for row in doctor.stores["intake"].revisions
               if (row.case_handle, row.revision) == (handle, 2))
    doctor.run("intake", "DELETE FROM facts_revision WHERE submission_id = ?", row.submission_id)


def facts_revision_skipped(doctor):
    handle = corrected(doctor).case_handle
    doctor.run("intake", "UPDATE facts_revision SET id = id + 1 WHERE id & 65535 = 2 AND id >> 16"
                         " = (SELECT id FROM case_record WHERE case_handle = ?)", handle)


def decisions_out_of_order(doctor):
    handle = corrected(doctor).case_handle
    doctor.without_constraints("classification", "decision")
    doctor.run("classification", "UPDATE decision SET revision = 3 - revision"
                                 " WHERE case_handle = ? AND revision < 3", handle)


def act_without_decision(doctor):
    doctor.run("classification", "UPDATE decision SET disposition = 1 WHERE disposition = 4")


def link_lost(doctor):
    doctor.run("intake", "DELETE FROM case_link")


def told_twice(doctor):
    notice = doctor.notice(state="handed_over")
    doctor.without_constraints("notification", "notice")
    doctor.run("notification", "INSERT INTO notice SELECT * FROM notice WHERE id = ?", notice.id)


def others_told_of_a_review(doctor):
    notice = doctor.notice(kind=ledger.cases.KIND_REVIEW)
    doctor.set_notice(notice, "kind", 1)


def settled_without_event(doctor):
    """Handed over, as the row says; nothing in the log says so."""
    doctor.set_notice(doctor.notice(state="handed_over"), "state", "failed")


def hand_over_forgotten(doctor):
    doctor.set_notice(doctor.notice(state="handed_over"), "state", "queued")


def mail_lost(doctor):
    doctor.mails_of(doctor.notice(state="handed_over")).clear()


def mail_twice_in_a_maildir(doctor):
    mails = doctor.mails_of(doctor.notice(state="handed_over", channel="maildir"))
    mails.append(mails[0])


def mail_repeated_otherwise(doctor):
    mails = doctor.mails_of(doctor.notice(state="handed_over", channel="smtp"))
    mails.append(mails[0]._replace(content=mails[0].content + b"!"))


def mail_repeated_too_often(doctor):
    mails = doctor.mails_of(doctor.notice(state="handed_over", channel="smtp"))
    mails += [mails[0]] * (doctor.channels.repeats_max + 1)


def mail_to_another_office(doctor):
    mails = doctor.mails_of(doctor.notice(state="handed_over", channel="maildir"))
    mails[0] = mails[0]._replace(recipient="stranger")


def mail_of_no_notice(doctor):
    mails = doctor.mails_of(doctor.notice(state="handed_over"))
    doctor.channels.mails["stranger@test.invalid"] = [mails[0]]


def blocked_office_was_told(doctor):
    doctor.set_notice(doctor.notice(state="handed_over"), "state", "blocked")


def receipt_lost(doctor):
    told = doctor.told[-1].submission_id
    doctor.run("intake", "DELETE FROM facts_revision WHERE submission_id = ?", told)


def never_sent(doctor):
    doctor.sent.discard(doctor.told[-1].submission_id)


def effect_before_cause(doctor):
    decided, _ = doctor.last_case()
    for row in (doctor.leaves, doctor.payloads):
        row.insert(0, row.pop(decided))
    doctor.write_leaves()


def notice_lost(doctor):
    doctor.run("notification", "DELETE FROM notice WHERE id = (SELECT max(id) FROM notice)")


def digest_wrong(doctor):
    doctor.run("classification", "UPDATE inbox SET digest = zeroblob(32)")


def number_wrong(doctor):
    index, _ = doctor.last_case()
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
    doctor.run("audit-log", "UPDATE leaf SET payload = x'0203' WHERE idx = 3")


def run_wrong(doctor):
    doctor.run("audit-log", "UPDATE run SET count = count + 1")


def dead_letter(doctor):
    doctor.run("notification",
               "INSERT INTO dead_letter (producer, stream_id, seq, header, payload, status, at,"
               " is_retrying) VALUES ('intake', x'00', 1, x'00', x'00', 'DIED_ALONE', 1, 0)")


def acceptance_twice(doctor):
    index = doctor.last_of("intake", ledger.cases.EVENT_CASE_ACCEPTED)
    doctor.append_copy(index, len(doctor.of_stream("intake")) + 1)
    doctor.write_leaves()


def not_clean(doctor):
    doctor.run("intake", "UPDATE process_start SET is_clean = 0")


# (what the bug is, how it leaves the stores, the rule that must fail)
CASES = ledger.cases
MUTANTS = (
    ("ack before commit", ack_before_commit, CASES.facts_revision_is_decided),
    ("inbox not moved", inbox_not_moved, ledger.stream_stands_once_in_order),
    ("cursor moved too far", cursor_too_far, ledger.everything_arrived),
    ("cursor moved too far, in the log", cursor_too_far, ledger.stream_stands_once_in_order),
    ("decision committed twice", decided_twice, CASES.facts_revision_is_decided),
    ("old facts decided again", older_revision_of_facts, CASES.facts_revision_is_decided),
    ("decisions out of order", decisions_out_of_order, CASES.facts_revision_is_decided),
    ("a receipted case is lost", receipt_lost, CASES.receipted_case_exists_once),
    ("a receipted correction is lost", correction_lost, CASES.receipted_case_exists_once),
    ("a facts revision is skipped", facts_revision_skipped, CASES.facts_revision_has_one_event),
    ("a case that nobody sent", never_sent, CASES.nothing_was_made_up),
    ("an act that decides nothing", act_without_decision, CASES.person_decided_what_has_an_act),
    ("a link is lost", link_lost, CASES.link_has_one_act),
    ("an effect before its cause", effect_before_cause, ledger.cause_stands_before_effect),
    ("a notice is lost", notice_lost, CASES.decision_has_its_notices),
    ("others are told of a review", others_told_of_a_review, CASES.decision_has_its_notices),
    ("an office is told twice", told_twice, CASES.notice_is_unique),
    ("a hand-over without its event", settled_without_event, CASES.notice_is_settled_once),
    ("a hand-over is forgotten", hand_over_forgotten, CASES.notice_is_settled_once),
    ("a mail is lost", mail_lost, CASES.handed_over_mail_exists),
    ("a mail lies in a Maildir twice", mail_twice_in_a_maildir, CASES.handed_over_mail_exists),
    ("a mail is repeated with another text", mail_repeated_otherwise,
     CASES.handed_over_mail_exists),
    ("a mail is repeated too often", mail_repeated_too_often, CASES.handed_over_mail_exists),
    ("a mail lies with another office", mail_to_another_office, CASES.handed_over_mail_exists),
    ("a mail of no notice", mail_of_no_notice, CASES.handed_over_mail_exists),
    ("a blocked office was told", blocked_office_was_told, CASES.handed_over_mail_exists),
    ("an acceptance stands twice", acceptance_twice, CASES.facts_revision_has_one_event),
    ("a position with another digest", digest_wrong, ledger.chain_fits),
    ("a leaf with a wrong number", number_wrong, ledger.case_is_numbered),
    ("a stored leaf hash is wrong", leaf_hash_wrong, ledger.leaf_is_well_formed),
    ("the checkpoint is an old one", checkpoint_old, ledger.tree_is_published),
    ("a payload is not what it was", payload_lost, ledger.payload_is_kept),
    ("the log's index is wrong", run_wrong, ledger.index_tables_fit),
    ("a dead letter nobody expects", dead_letter, ledger.dead_letters_are_expected),
    ("a stop that was not clean", not_clean, ledger.store_is_sound),
)


def prove(home, told_paths, channels, results):
    """Doctors copies of the stopped home's stores, one after the other."""
    sent, told = read_told(told_paths)
    folder = os.path.join(home.folder, "doctored")

    def rules_failing(damage):
        doctor = Doctor(home.path("stores"), folder, sent, told, channels)
        damage(doctor)
        return [name for name, _ in ledger.check(doctor.facts())]

    found = rules_failing(nothing)
    results.tell("prove: an undamaged copy passes", f"it fails {found}" if found else None)
    for name, damage, rule in MUTANTS:
        found = rules_failing(damage)
        is_noticed = rule.__name__ in found
        results.tell(f"prove: {name}: the ledger fails at `{rule.__name__.replace('_', ' ')}`",
                     None if is_noticed else f"it fails at {found} only")
