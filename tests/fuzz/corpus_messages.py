"""Seeds that are messages of the contract, one function a target."""
import hashlib

from corpus_support import (CANARY, CASE, Corpus, SEED_BYTES_MAX, UUID, encoded, filled, header,
                            selected)
from netra_proto import proto


def facts():
    return filled(proto.case.Facts())


def accepted(text="ASN menyukai foto calon bupati dan ikut kampanye"):
    message = filled(proto.intake_to_classification.CaseAccepted())
    message.facts.incident.description = text
    return message


def decision(times=1, **verdict):
    message = filled(proto.classification_to_notification.DecisionMade(), times)
    for key, value in verdict.items():
        setattr(message.verdict, key, value)
    message.facts_revision = 1
    del message.verdict.reasons[1:]
    return message


def submission():
    message = filled(proto.node_to_intake.SubmitCase())
    message.facts.incident.description = CANARY + " hadir di kampanye"
    message.facts.subject.cltn.status = 1
    return message


def envelope():
    selected(Corpus("envelope"), [
        ("request.full", encoded(filled(proto.door.DoorRequest()))),
        ("request.empty", b""),
        ("answer.full", encoded(filled(proto.door.DoorAnswer()))),
        ("answer.unknown_status", encoded(proto.door.DoorAnswer(status="NEW", request_id=1))),
    ])


def clear_event(payload, seq=1, event=1, case=bytes(16)):
    salt = bytes(32)
    commitment = hashlib.sha256(b"netra-commit/v1\n" + salt + payload).digest()
    return header(seq, event, case, commitment), b"\0" + salt + payload


def frames():
    link = proto.link
    corpus = Corpus("link")
    corpus.put("hello", encoded(filled(link.Frame())))
    lone = filled(link.Frame())
    lone.hello.ClearField("held")
    lone.hello.ClearField("echo")
    lone.hello.ClearField("end")
    corpus.put("hello_alone", encoded(lone))
    ack = link.Frame()
    filled(ack.ack)
    corpus.put("ack", encoded(ack))
    batch = link.Frame()
    before = batch.batch.before
    filled(before)
    before.seq = 0
    opened = encoded(filled(proto.event.StreamOpened()))
    head, payload = clear_event(opened)
    batch.batch.entries.add(header=head, payload=payload)
    batch.batch.entries.add(gap_seq=4, gap_digest=bytes(32))
    batch.batch.entries.add(header=header(5), payload=b"\1" + bytes(100), case_key=b"\3" * 32)
    corpus.put("batch_opening", encoded(batch))
    before.seq = 3
    corpus.put("batch", encoded(batch))
    batch.batch.entries.add(gap_seq=6, gap_digest=bytes(32), case_key=b"\4" * 32,
                            case_handle=b"\5" * 16)
    corpus.put("batch_told_key", encoded(batch))
    del batch.batch.entries[:]
    corpus.put("batch_empty", encoded(batch))


SCAN = """link.Frame door.DoorRequest door.DoorAnswer door.Empty event.StreamOpened
event.ServiceRecovered event.DestinationReset event.DeadLettered event.DeadLetterRetried
event.ServiceDrained event.TablesLoaded intake_to_any.KeyAuthorised intake_to_any.KeyRevoked
intake_to_classification.CaseAccepted classification_to_notification.DecisionMade
any_to_audit_log.CaseRead any_to_audit_log.CaseKeysGiven any_to_audit_log.NoticeQueued
any_to_audit_log.NoticeSettled node_to_intake.SubmitCase node_to_intake.CorrectCase
node_to_intake.Receipt node_to_intake.ReceiptBody service_to_intake.CaseKeysRequest
service_to_intake.CaseKeys worker_to_classification.WorkRequest worker_to_classification.Lease
worker_to_classification.WorkResult worker_to_classification.RulesetRequest
worker_to_classification.RulesetPart person_to_any.PersonAct person_to_any.ActDone
person_to_any.ListRequest person_to_any.ServiceStatus person_to_any.StreamPointRequest
person_to_any.StreamPoint person_to_any.DeadLetters person_to_any.RegisterKeys
person_to_any.CaseRows person_to_any.CaseRequest person_to_any.CaseView person_to_any.LinkCases
person_to_any.CaseTextRequest person_to_any.CaseText person_to_any.OpenReporter
person_to_any.DecisionRows person_to_any.CaseDecisions person_to_any.ConfirmDecision
person_to_any.OverrideDecision person_to_any.NoticeRows person_to_any.NoticeRequest
person_to_any.NoticeText person_to_any.ResendNotice person_to_any.Route person_to_any.AuditHead
person_to_any.AuditLeaves person_to_any.AuditStreamRequest
worker_to_classification.WorkResults""".split()


def scan():
    corpus = Corpus("scan")
    for index, name in enumerate(SCAN):
        module, message = name.split(".")
        made = filled(getattr(getattr(proto, module), message)(), 2)
        # Flat messages of up to three fields have the shapes of others.
        if len(made.DESCRIPTOR.fields) > 3 or any(f.message_type for f in made.DESCRIPTOR.fields):
            content = encoded(made)
            if len(content) >= SEED_BYTES_MAX:
                content = encoded(filled(getattr(getattr(proto, module), message)()))
            corpus.put(message, bytes([index]), content)


def headers():
    head, payload = clear_event(b"hello")
    seal = bytes(range(35))
    selected(Corpus("header"), [
        ("foreign.clear", head + payload),
        ("foreign.sealed", header() + b"\1" + bytes(90)),
        ("foreign.cause", header(seq=9)[:144] + b"\7" * 16 + (3).to_bytes(8, "big") + bytes(64)
         + b"\0" * 40),
        ("sealed.case", b"\0\7\1" + seal + CANARY.encode()),
        ("sealed.none", b"\0\7\0" + seal + CANARY.encode()),
        ("wrapped.key", b"\0\3" + bytes(range(112))),
        ("reporter.plain", b"netra-reporter/v1\n\0\4Siti\0\4" + b"0812"),
        ("reporter.long", b"netra-reporter/v1\n\1\xf4" + b"a" * 500 + b"\1\xf5" + b"b" * 400),
    ])


def register():
    keys = proto.intake_to_any
    line = f"operator ops-1 {'ab' * 32} {'cd' * 32} *\n"
    worker = f"worker w1 {'12' * 32} - 36.04,36.71\n"
    selected(Corpus("register"), [
        ("authorised.node", encoded(filled(keys.KeyAuthorised(), 2))),
        ("authorised.worker", encoded(keys.KeyAuthorised(name="w", role=2,
                                                         curve_public=b"\1" * 32))),
        ("revoked.key", encoded(filled(keys.KeyRevoked()))),
        ("bootstrap.lines", ("# keys\n\n" + line + worker).encode()),
        ("bootstrap.short", b"reviewer r 00\n"),
        ("act.full", encoded(filled(proto.person_to_any.PersonAct()))),
        ("act.recover", encoded(person_act(2, filled(proto.event.ServiceRecovered())))),
    ])


def person_act(event, payload):
    act = filled(proto.person_to_any.PersonAct())
    act.type = event
    act.case_handle = bytes(16)
    act.payload = encoded(payload)
    return act


def intake():
    person, node = proto.person_to_any, proto.node_to_intake
    wrong = submission()
    wrong.facts.incident.date = 20991231
    wrong.facts.subject.nip = "1" + CANARY
    wrong.facts.region = CANARY
    correction = filled(node.CorrectCase())
    correction.facts.subject.cltn.status = 1
    selected(Corpus("intake"), [
        ("submit.full", encoded(submission())),
        ("submit.least", encoded(node.SubmitCase(submission_id=UUID, facts=proto.case.Facts(
            region="36.04", incident=proto.case.Incident(description="hadir"))))),
        ("submit.wrong", encoded(wrong)),
        ("correct.full", encoded(correction)),
        ("handles.two", encoded(filled(proto.service_to_intake.CaseKeysRequest(), 2))),
        ("list.page", encoded(filled(person.ListRequest()))),
        ("one_case.number", encoded(person.CaseRequest(case_number=CASE))),
        ("one_case.handle", encoded(person.CaseRequest(case_handle=bytes(16)))),
        ("text_request.newest", encoded(filled(person.CaseTextRequest()))),
        ("receipt.full", encoded(node.Receipt(
            leaf=b"netra-receipt/v1\n" + encoded(filled(node.ReceiptBody())),
            signature=bytes(64), leaf_index=1, tree_size=3, path=bytes(64)))),
        ("receipt_body.full", encoded(filled(node.ReceiptBody()))),
        ("link.same_event", encoded(filled(person.LinkCases()))),
        ("open_reporter.second", encoded(filled(person.OpenReporter()))),
        ("case_text.accepted", encoded(accepted())),
    ])


def classification():
    person, worker = proto.person_to_any, proto.worker_to_classification
    override = filled(person.OverrideDecision())
    override.reason = CANARY
    review = decision(outcome=4, disposition=2, primary="")
    results = filled(worker.WorkResults())
    results.results[0].verdict = decision().verdict.SerializeToString()
    odd = accepted("Lurah ikut kampanye paslon, foto di medsos; tdk cuti.")
    odd.facts.incident.date = 0
    odd.facts.subject.employment = 6
    selected(Corpus("classification"), [
        ("decide.full", encoded(accepted())),
        ("decide.odd", encoded(odd)),
        ("made.full", encoded(decision())),
        ("made.review", encoded(review)),
        ("ask.eight", encoded(filled(worker.WorkRequest()))),
        ("result.full", encoded(results)),
        ("list.page", encoded(filled(person.ListRequest()))),
        ("case_request.handle", encoded(person.CaseRequest(case_handle=bytes(16)))),
        ("ruleset_request.part", encoded(filled(worker.RulesetRequest()))),
        ("confirm.first", encoded(filled(person.ConfirmDecision()))),
        ("override.code", encoded(override)),
        ("loaded.tables", encoded(filled(proto.event.TablesLoaded()))),
    ])


def worker():
    module = proto.worker_to_classification
    lease = filled(module.Lease())
    lease.cases[0].facts = encoded(accepted())
    lease.cases.add(stream_id=b"\2" * 16, seq=0, facts=b"\x0a")
    text = b"netra-ruleset/v2\n" + bytes(60)
    selected(Corpus("worker"), [
        ("lease.two", encoded(lease)),
        ("part.first", encoded(filled(module.RulesetPart()))),
        ("fetch.parts", b"\x08\0\0\4abcd\x08\0\0\4efgh"),
        ("fetch.text", len(text).to_bytes(3, "little") + bytes([len(text)]) + text),
    ])


def notification():
    person = proto.person_to_any
    verdicts = [("auto", decision()), ("review", decision(outcome=4, disposition=2)),
                ("confirmed", decision(disposition=3)), ("information", decision(outcome=3)),
                ("innocent", decision(outcome=2, actor=5)), ("organiser", decision(actor=9))]
    walled = decision()
    walled.verdict.conflicts.extend(["PPK", "INSPEKTORAT"])
    verdicts.append(("walled", walled))
    selected(Corpus("notification"), [
        *((f"decision.{name}", encoded(message)) for name, message in verdicts),
        ("list.page", encoded(filled(person.ListRequest()))),
        ("one_case.handle", encoded(person.CaseRequest(case_handle=bytes(16)))),
        ("notice.seventh", encoded(filled(person.NoticeRequest()))),
        ("resend.seventh", encoded(filled(person.ResendNotice()))),
        ("loaded.tables", encoded(filled(proto.event.TablesLoaded()))),
    ])


def audit_log():
    person = proto.person_to_any
    leaves = b"\7" * 16 + bytes(32) + b"\0"
    for seq in (1, 2, 3):
        head, payload = clear_event(b"hello", seq)
        leaves += b"\1" + bytes([len(payload)]) + payload + head
    leaf = hashlib.sha256(b"\0a").digest()
    node = hashlib.sha256(b"\1" + leaf + leaf).digest()
    number = (1).to_bytes(8, "little") + (2).to_bytes(8, "little")
    selected(Corpus("audit_log"), [
        ("list.page", encoded(filled(person.ListRequest()))),
        ("stream.page", encoded(filled(person.AuditStreamRequest()))),
        ("one_case.handle", encoded(person.CaseRequest(case_handle=bytes(16)))),
        ("leaves.three", leaves),
        ("proofs.inclusion", number + leaf + node + leaf),
        ("roots.nine", b"netranetr"),
    ])
