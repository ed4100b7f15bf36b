"""The checker's rules of cases: each receipted submission is one revision of one case's facts,
each revision of the facts is decided, each decision is told to whom it is told once, and what was
handed over is there. Every rule takes ledger.Facts and yields what is wrong.
"""
from collections import Counter, defaultdict

import ledger_tree as tree
from netra_proto import proto

EVENT_CASE_ACCEPTED, EVENT_CASE_CORRECTED, EVENT_CASES_LINKED = 32, 33, 34
EVENT_DECISION_MADE, EVENT_DECISION_CONFIRMED, EVENT_DECISION_OVERRIDDEN = 48, 49, 50
EVENT_NOTICE_QUEUED, EVENT_NOTICE_BLOCKED = 64, 65
EVENT_NOTICE_HANDED_OVER, EVENT_NOTICE_FAILED = 66, 67
OUTCOME_NOT_A_VIOLATION, OUTCOME_UNDECIDED = 2, 4
DISPOSITION_REVIEW, DISPOSITION_CONFIRMED, DISPOSITION_OVERRIDDEN = 2, 3, 4
ACT_OF = {DISPOSITION_CONFIRMED: EVENT_DECISION_CONFIRMED,
          DISPOSITION_OVERRIDDEN: EVENT_DECISION_OVERRIDDEN}
KIND_REVIEW = 2
SETTLED = {"handed_over": EVENT_NOTICE_HANDED_OVER, "failed": EVENT_NOTICE_FAILED}
STATES = ("queued", "handed_over", "failed", "blocked", "superseded")


def events_by_handle(facts, *event_types):
    """{case handle: [(index, header), …]} in the log's order."""
    found = defaultdict(list)
    for event_type in event_types:
        for index, header in facts.of_type[event_type]:
            found[header.case_handle].append((index, header))
    return {handle: sorted(events) for handle, events in found.items()}


def grouped(rows):
    found = defaultdict(list)
    for row in rows:
        found[row.case_handle].append(row)
    return found


def receipted_case_exists_once(facts):
    """A receipt tells of one revision of one case's facts."""
    by_id = defaultdict(list)
    for revision in facts.stores["intake"].revisions:
        by_id[revision.submission_id].append(revision)
    cases = {case.case_handle: case for case in facts.stores["intake"].cases}
    for told in facts.told:
        revisions = by_id[told.submission_id]
        if len(revisions) != 1 or revisions[0].case_handle not in cases:
            yield f"{told.where}: submission {told.submission_id} has {len(revisions)} cases"
            continue
        case, revision = cases[revisions[0].case_handle], revisions[0]
        if case.case_number != told.case_number:
            yield (f"{told.where}: submission {told.submission_id} was told {told.case_number}, "
                   f"the case is {case.case_number}")
        if told.seq is not None and told.seq != revision.seq:
            yield (f"{told.where}: case {case.case_number} was told seq {told.seq}, not "
                   f"{revision.seq}")
        index = facts.at.get((revision.stream_id, revision.seq))
        if told.commitment and index is not None and \
                facts.header_at[index].commitment.hex() != told.commitment:
            yield f"{told.where}: case {case.case_number}: another commitment stands in the log"


def nothing_was_made_up(facts):
    for revision in facts.stores["intake"].revisions:
        if revision.submission_id not in facts.sent:
            yield (f"case handle {revision.case_handle.hex()}: submission "
                   f"{revision.submission_id} was never sent")
    handles = {case.case_handle for case in facts.stores["intake"].cases}
    for decision in facts.stores["classification"].decisions:
        if decision.case_handle not in handles:
            yield f"a decision of case handle {decision.case_handle.hex()}, which is no case's"
    for notice in facts.stores["notification"].notices:
        if notice.case_handle not in handles:
            yield f"a notice of case handle {notice.case_handle.hex()}, which is no case's"


def facts_revision_has_one_event(facts):
    """Revisions run from 1; the first is the acceptance, every other a correction."""
    events = events_by_handle(facts, EVENT_CASE_ACCEPTED, EVENT_CASE_CORRECTED)
    revisions = grouped(facts.stores["intake"].revisions)
    for case in facts.stores["intake"].cases:
        rows = revisions[case.case_handle]
        if [row.revision for row in rows] != list(range(1, len(rows) + 1)) or not rows:
            yield f"case {case.case_number}: facts revisions {[row.revision for row in rows]}"
            continue
        wanted = [(row.stream_id, row.seq,
                   EVENT_CASE_ACCEPTED if row.revision == 1 else EVENT_CASE_CORRECTED)
                  for row in rows]
        found = [(header.stream_id, header.seq, header.type)
                 for _, header in events.get(case.case_handle, [])]
        if found != wanted:
            yield (f"case {case.case_number}: {len(wanted)} facts revisions, in the log "
                   f"{[row[2] for row in found]}; or at other places")
    if len(events) != len(facts.stores["intake"].cases):
        yield "the log holds acceptances of cases that intake doesn't have, or lacks some"


def facts_revision_is_decided(facts):
    """Decision revisions run from 1, in the order of their events; each facts revision has one
    decision of the machine's (or came too late to be acted on), and its entry is that decision's
    cause. The facts that are decided never grow older."""
    revisions = grouped(facts.stores["intake"].revisions)
    by_handle = grouped(facts.stores["classification"].decisions)
    made = events_by_handle(facts, EVENT_DECISION_MADE)
    older = defaultdict(list)
    for stream_id, seq, handle in facts.stores["classification"].older_facts:
        older[handle].append((stream_id, seq))
    for case in facts.stores["intake"].cases:
        decisions = by_handle[case.case_handle]
        numbers = [decision.revision for decision in decisions]
        if numbers != list(range(1, len(numbers) + 1)) or not numbers:
            yield f"case {case.case_number}: decision revisions {numbers}, expected from 1"
            continue
        events = [(header.stream_id, header.seq, (header.cause_stream_id, header.cause_seq))
                  for _, header in made.get(case.case_handle, [])]
        rows = [(decision.stream_id, decision.seq, (decision.facts_stream, decision.facts_seq))
                for decision in decisions]
        if events != rows:
            yield (f"case {case.case_number}: {len(rows)} decisions, {len(events)} in the log; or "
                   "others, or of other causes")
        machine = [(decision.facts_stream, decision.facts_seq) for decision in decisions
                   if decision.disposition not in ACT_OF] + older.get(case.case_handle, [])
        of_facts = [decision.facts_revision for decision in decisions]
        if of_facts != sorted(of_facts):
            yield f"case {case.case_number}: decided on facts revisions {of_facts}, in this order"
        wanted = [(row.stream_id, row.seq) for row in revisions[case.case_handle]]
        if sorted(machine) != sorted(wanted):
            yield (f"case {case.case_number}: {len(wanted)} facts revisions, {len(machine)} "
                   "decisions of the machine's; or of other facts")


def person_decided_what_has_an_act(facts):
    """A confirmed or overridden decision stands directly behind its act."""
    acts = Counter((header.case_handle, header.type)
                   for event_type in ACT_OF.values() for _, header in facts.of_type[event_type])
    rows = Counter((decision.case_handle, ACT_OF[decision.disposition])
                   for decision in facts.stores["classification"].decisions
                   if decision.disposition in ACT_OF)
    for key in acts.keys() | rows.keys():
        if acts[key] != rows[key]:
            yield (f"case handle {key[0].hex()}: {acts[key]} acts of type {key[1]}, {rows[key]} "
                   "such decisions")


def is_for_review(decision):
    return decision.outcome == OUTCOME_UNDECIDED or decision.disposition == DISPOSITION_REVIEW


def decision_has_its_notices(facts):
    """Each decision is told; one that a person must look at to reviewers only. The notices of a
    decision are those whose events name it as their cause; what a later revision overtook before
    it was queued has none."""
    notices = defaultdict(list)
    for notice in facts.stores["notification"].notices:
        notices[(notice.case_handle, notice.revision)].append(notice)
    events = defaultdict(Counter)
    for event_type in (EVENT_NOTICE_QUEUED, EVENT_NOTICE_BLOCKED):
        for _, header in facts.of_type[event_type]:
            events[(header.cause_stream_id, header.cause_seq)][event_type] += 1
    for decision in facts.stores["classification"].decisions:
        name = f"case handle {decision.case_handle.hex()} revision {decision.revision}"
        rows = notices.pop((decision.case_handle, decision.revision), [])
        if not rows and (is_for_review(decision) or decision.outcome != OUTCOME_NOT_A_VIOLATION):
            yield f"{name}: nobody is told"
        if is_for_review(decision) and any(row.kind != KIND_REVIEW for row in rows):
            yield f"{name}: waits for a reviewer, and others are told"
        wanted = Counter(EVENT_NOTICE_BLOCKED if row.state == "blocked" else EVENT_NOTICE_QUEUED
                         for row in rows if row.seq)
        found = events.pop((decision.stream_id, decision.seq), Counter())
        if found != wanted:
            yield f"{name}: {dict(wanted)} notices, {dict(found)} notice events"
    if notices or events:
        yield f"{len(notices)} decisions' notices and {len(events)} notice events of no decision"


def notice_is_unique(facts):
    """protocol.md 22."""
    counts = Counter((notice.recipient, notice.case_handle, notice.revision, notice.kind)
                     for notice in facts.stores["notification"].notices)
    for (recipient, handle, revision, kind), count in counts.items():
        if count > 1:
            yield (f"case handle {handle.hex()} revision {revision}: {recipient} is told {count} "
                   f"times in kind {kind}")


def settled_events(facts):
    """{(stream id, seq) of a NOTICE_QUEUED: [type, …]} from the clear payloads in audit-log."""
    payloads = facts.stores["audit-log"].payloads
    found = defaultdict(list)
    for event_type in SETTLED.values():
        for index, _ in facts.of_type[event_type]:
            told = proto.any_to_audit_log.NoticeSettled.FromString(payloads[index][33:])
            found[(told.stream_id, told.seq)].append(event_type)
    return found


def notice_is_settled_once(facts):
    """What a notice's row says became of it is what its events say."""
    events = settled_events(facts)
    for notice in facts.stores["notification"].notices:
        name = f"case handle {notice.case_handle.hex()} revision {notice.revision}: notice to " \
               f"{notice.recipient}"
        if notice.state not in STATES:
            yield f"{name}: state {notice.state}"
        wanted = [SETTLED[notice.state]] if notice.state in SETTLED else []
        found = events.pop((notice.stream_id, notice.seq), [])
        if found != wanted:
            yield f"{name}: is {notice.state}, its events are {found}"
    if events:
        yield f"{len(events)} notices were settled that notification doesn't have"


def handed_over_mail_exists(facts):
    """Each notice handed over is one message: once in a Maildir, at an SMTP server once or, after
    a crash, again with the same Message-ID and the same text. And there is no other mail."""
    if facts.channels is None:
        return
    mails = dict(facts.channels.mails)
    repeats = 0
    for notice in facts.stores["notification"].notices:
        copies = mails.pop(facts.channels.message_id(notice), [])
        name = f"case handle {notice.case_handle.hex()} revision {notice.revision}: the mail to " \
               f"{notice.recipient}"
        if not copies and notice.state == "handed_over":
            yield f"{name} is nowhere"
        if copies and notice.state == "blocked":
            yield f"{name} was sent though the notice is blocked"
        if any(copy.channel != notice.channel for copy in copies):
            yield f"{name} went by {[copy.channel for copy in copies]}, not {notice.channel}"
        if any(copy.recipient != facts.channels.address(notice) for copy in copies):
            yield f"{name} went to {[copy.recipient for copy in copies]}"
        if len(copies) > 1 and notice.channel == "maildir":
            yield f"{name} lies there {len(copies)} times"
        if len({copy.content for copy in copies}) > 1:
            yield f"{name} was repeated with another text"
        repeats += max(0, len(copies) - 1)
    if repeats > facts.channels.repeats_max:
        yield f"{repeats} mails were repeated, expected at most {facts.channels.repeats_max}"
    if mails:
        yield f"{len(mails)} mails of no notice: {sorted(mails)[:3]}"


def link_has_one_act(facts):
    """Each link in the register is an act on its case in the log, and the other way round."""
    rows = Counter(link.case_handle for link in facts.stores["intake"].links)
    events = Counter(header.case_handle for _, header in facts.of_type[EVENT_CASES_LINKED])
    if rows != events:
        yield f"{rows.total()} links, {events.total()} acts of linking; or of other cases"


RULES = (receipted_case_exists_once, nothing_was_made_up, facts_revision_has_one_event,
         facts_revision_is_decided, person_decided_what_has_an_act, decision_has_its_notices,
         notice_is_unique, notice_is_settled_once, handed_over_mail_exists, link_has_one_act)
