"""Seeds that people write: notes, submissions, imported files, receipts, texts, single values."""
import base64
import json

from corpus_messages import accepted, decision
from corpus_support import CANARY, CASE, Corpus, UUID, encoded, filled, selected
from netra_proto import proto
from reports import all_reports

PETER = ("If you think cryptography is the answer to your problem,\n"
         "then you don't know what your problem is.\n\n\u2014 PeterNeumann "
         "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBw"
         "JnAM=\n")


def notes():
    root = base64.b64encode(bytes(range(32))).decode()
    text = f"demo.invalid/fuzz\n15368405\n{root}\n"
    line = "\u2014 somebody.example AAAAAAAA\n"
    selected(Corpus("note"), [
        ("foreign.peter", PETER.encode()),
        ("foreign.lines", (text + "\n" + line * 3).encode()),
        ("own.checkpoint", b"\0\5" + text.encode()),
        ("own.text", b"\1\5This is an example message.\n"),
        ("checkpoint.plain", text.encode()),
        ("checkpoint.extended", (text + "extension\n").encode()),
        ("verifier_key.peter",
         b"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        ("verifier_key.foo",
         b"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
    ])


FULL = {"submission_id": UUID, "region": "36.04", "received": "2024-10-15",
        "incident": {"date": "2024-10-12", "date_known": "2024-10-14", "place": CANARY,
                     "region": "36.04", "description": CANARY + " hadir di kampanye",
                     "election": "PILKADA_2024", "office": "BUPATI"},
        "subject": {"name": CANARY, "nip": "198001012005011001", "position": "Lurah",
                    "unit": "Kecamatan " + CANARY, "employment": "PNS",
                    "is_spouse_of_candidate": "unknown",
                    "cltn": {"status": "ya", "from": "2024-10-01", "to": "2024-12-01",
                             "letter": CANARY}},
        "reported_conduct": ["DISIPLIN-04"], "reporter": {"name": CANARY, "contact": CANARY},
        "evidence": [{"path": CANARY + ".jpg"}]}


def text_of(value):
    return json.dumps(value, ensure_ascii=False)


def short_reports(count):
    rows = sorted(all_reports(), key=lambda row: len(row.text()))
    return rows[:count // 2] + rows[len(rows) // 2:len(rows) // 2 + count // 2]


def submissions():
    corpus = Corpus("submission")
    corpus.put("full", text_of(FULL))
    corpus.put("least", '{"region":"36.04","incident":{"description":"hadir"}}')
    corpus.put("labelled", text_of({"id": "x", "submission": FULL}))
    corpus.put("wrong_types", text_of(dict(FULL, subject=[], reported_conduct=CANARY, evidence=1)))
    wrong = dict(FULL, region=CANARY, received="2024-13-45", reported_conduct=[CANARY, 1])
    wrong["subject"] = {"nip": "19800101" + CANARY, "employment": CANARY, "nama": CANARY,
                        "is_spouse_of_candidate": CANARY}
    wrong["evidence"] = [{"path": "", "size": 1}, CANARY]
    corpus.put("wrong_values", text_of(wrong))
    corpus.put("broken", '{"region": "36.04", "incident": {"description": "' + CANARY)
    corpus.put("twice", '{"region":"36.04","region":"36"}')
    corpus.put("blank", " \n")
    for row in short_reports(12):
        corpus.put("report_" + row.id, row.text())


def imports():
    corpus = Corpus("import")
    columns = "region;incident.date;incident.description;subject.nip;reported_conduct;evidence"
    table = (columns + "\n36.04;2024-10-12;\"" + CANARY + " \"\"hadir\"\"\n di sini\";"
             "198001012005011001;DISIPLIN-04;a.jpg;b.jpg\n\n36.04;;x;;;\n")
    receipt = {"row": 1, "submission_id": UUID, "case_number": CASE, "commitment": "ab" * 32,
               "seq": 3, "status": "OK"}
    rejected = {"row": 2, "submission_id": UUID, "status": "FACTS_INVALID",
                "detail": "region: is missing\nincident.date: \u0007"}
    lines = "\n".join([text_of(FULL), "", "{", '{"region":"36"}', "[]"])
    selected(corpus, [
        ("table.semicolons", table.encode()),
        ("table.commas", b"\xef\xbb\xbf" + table.replace(";", ",").encode()),
        ("table.tabs", table.replace(";", "\t").replace("\n", "\r\n").encode()),
        ("table.open_quote", (columns + "\n36.04;\"" + CANARY + "\n").encode()),
        ("table.unknown", b"region;subjek.nama\n36.04;x\n"),
        ("lines.five", lines.encode()),
        ("result.id", text_of({"row": 1, "submission_id": UUID}).encode()),
        ("result.receipt", text_of(receipt).encode()),
        ("result.rejected", text_of(rejected).encode()),
    ])


def receipts():
    node = proto.node_to_intake
    leaf = b"netra-receipt/v1\n" + encoded(filled(node.ReceiptBody()))
    shown = {"case_number": CASE, "submission_id": UUID, "seq": 7,
             "leaf": leaf.hex(), "leaf_index": 1, "tree_size": 3, "path": "cd" * 64,
             "signature": "ab" * 64}
    changed = dict(shown, case_number="WXYZ-EFGH-JK")
    selected(Corpus("receipt"), [
        ("answer.full", encoded(node.Receipt(leaf=leaf, signature=bytes(64), leaf_index=1,
                                             tree_size=3, path=bytes(64)))),
        ("leaf.full", leaf),
        ("shown.full", text_of(shown).encode()),
        ("shown.changed", text_of(changed).encode()),
    ])


def replays():
    person, audit = proto.person_to_any, proto.any_to_audit_log
    events = [(16, filled(proto.intake_to_any.KeyAuthorised())), (32, accepted()),
              (33, accepted()), (34, filled(person.LinkCases())), (48, decision()),
              (64, filled(audit.NoticeQueued())), (65, filled(audit.NoticeQueued())),
              (66, audit.NoticeSettled(stream_id=b"\1" + bytes(15), seq=6)),
              (67, filled(audit.NoticeSettled())), (68, filled(person.ResendNotice())),
              (17, filled(proto.intake_to_any.KeyRevoked()))]
    corpus = Corpus("replay")
    whole = b""
    for event, message in events:
        content = encoded(message)
        times = -(-len(content) // 255) or 1
        # Unknown field 1000, long enough that the length is a multiple of how often it counts.
        pad = -len(content) % times
        content += b"" if pad == 0 else b"\xc2\x3e" + bytes([pad + times * 2 - 3]) + bytes(
            pad + times * 2 - 3)
        part = bytes([event, 1 | (times - 1) << 6, len(content) // times]) + content
        if times <= 4 and len(content) % times == 0 and len(content) // times < 256:
            corpus.put(f"event_{event}", part)
            whole += part
    corpus.put("all", whole)
    corpus.put("erased", b"\x20\x09\0")


def decides():
    corpus = Corpus("decide")
    for row in short_reports(24):
        said, incident = row.submission.get("subject", {}), row.submission["incident"]
        days = bytes([0x59, 0x23, 0x5c, 0x23, 0, 0])
        texts = [said.get("position", ""), said.get("unit", ""), incident.get("place", ""),
                 incident["description"]]
        corpus.put(f"report_{row.id}", days + bytes([1, 0, 0, 1, 1, 1]),
                   b"\xff".join((text or "").encode() for text in texts))


def labelled():
    corpus = Corpus("labelled")
    lines = [text_of({"id": row.id, "submission": row.submission, "expected": row.expected})
             for row in short_reports(12)]
    for number, line in enumerate(lines):
        corpus.put(f"line_{number}", line)
    corpus.put("lines", f"{lines[0]}\n\n \t\n{lines[1]}\n{lines[2]}")
    label = {"outcome": "violation", "primary": CANARY, "codes": []}
    submission = {"region": "36.04", "incident": {"description": CANARY}}
    for name, report in (("no_label", {"id": CANARY, "submission": submission}),
                         ("unknown_field", {"submission": dict(submission, **{CANARY: "x"}),
                                            "expected": dict(label, acceptable_primary=[])}),
                         ("no_submission", {"id": "x", "expected": label}),
                         ("no_list", {"submission": submission, "expected": label}),
                         ("wrong_codes", {"submission": submission,
                                          "expected": dict(label, acceptable_primary=[1])})):
        corpus.put(name, text_of(report) + "\n" + lines[0])


def values():
    corpus = Corpus("values")
    texts = [["2024-10-15", "2024-02-30", "1899-12-31"],
             ["198001012005011001", "19800101 200501 1 001", "1" + CANARY], [UUID],
             [CASE, "abcd efghjk", "O0I1-L1AB-CD"], ["127.0.0.1:21003", "1.2.3.4:065536"],
             ["kepala desa", "P3K", "tidak tahu", "DISIPLIN-13A", "a@b.example"],
             ["18446744073709551615", "007"], ["ab" * 32]]
    for index, rows in enumerate(texts):
        for number, text in enumerate(rows):
            corpus.put(f"value_{index}_{number}", bytes([index]), text)
    corpus.put("utf8", b"\xfe" + "\u00e9\u2014\U0001f5f3".encode() + b"\xed\xa0\x80")
