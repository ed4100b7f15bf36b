"""Bad submissions: each gets one clear message with its path or row, exit 2 or 5, and nothing of
it is stored.
"""
import copy
import csv
import datetime
import json
import os

from netra_peer import Peer, public_of
from netra_proto import proto
from netra_wait import wait_for
from pipeline_support import check, count
from reports import numbered, report

BIG_BYTES = 50 * 1024 * 1024
ROWS = 900
BROKEN_ROW = 700


def changed(change):
    row = copy.deepcopy(report("D097").submission)
    change(row)
    return json.dumps(row)


def put(*keys, value):
    """A change: sets one key, however deep."""
    def change(row):
        for key in keys[:-1]:
            row = row.setdefault(key, {})
        row[keys[-1]] = value
    return change


def tomorrow():
    return (datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date() +
            datetime.timedelta(days=1)).isoformat()


def both(row):
    put("incident", "date", value="2024-02-30")(row)
    put("subject", "employment", value="PILOT")(row)


# (what is wrong, the change, what the message names)
ROWS_OF_JSON = (
    ("an unknown field", put("incident", "dates", value="2024-10-12"), ("incident.dates",)),
    ("a wrong type", put("incident", "date", value=20241012), ("incident.date",)),
    ("a text where an object belongs", put("subject", value="Camat"), ("subject",)),
    ("two mistakes at once", both, ("incident.date", "subject.employment")),
    ("a date that can't be", put("incident", "date", value="2024-13-01"), ("incident.date",)),
    ("a date that is no date", put("incident", "date", value="kemarin"), ("incident.date",)),
    ("a NIP that can't exist", put("subject", "nip", value="198013312005011001"),
     ("subject.nip",)),
    ("a NIP of 17 digits", put("subject", "nip", value="19800101200501100"), ("subject.nip",)),
    ("a region that is none", put("region", value="banten"), ("region",)),
    ("no region", lambda row: row.pop("region"), ("region",)),
    ("no description", lambda row: row["incident"].pop("description"),
     ("incident.description",)),
    ("received tomorrow", put("received", value=tomorrow()), ("received",)),
    ("an incident after it was known", put("incident", "date_known", value="2024-11-01"),
     ("incident.date",)),
)
SECRETS = ("198013312005011001", "19800101200501100", "PILOT")


def check_refused(home, answer, statuses, names, what):
    """One message that names the places; nothing else, and nothing stored."""
    check(answer.status in statuses, f"{what}: {answer!r}")
    check(not answer.out.strip() or answer.out.strip() in ("[]", "{}"),
          f"{what}: data on stdout: {answer.out}")
    for name in names:
        lines = [line for line in answer.err.splitlines() if name in line]
        check(len(lines) == 1, f"{what}: {len(lines)} lines name {name}: {answer.err}")
    for secret in SECRETS[:2]:
        check(secret not in answer.err, f"{what}: the message quotes it: {answer.err}")
    del home


def each_mistake_is_named(bench):
    home = bench.running()
    before = count(home, "case")
    for what, change, names in ROWS_OF_JSON:
        answer = home.netra("case", "submit", "-", stdin=changed(change))
        check_refused(home, answer, (2, 5), names, what)
    check(count(home, "case") == before, "something was stored")


def bad_files_are_refused(bench):
    home = bench.running()
    before = count(home, "case")
    good = report("D097").text().encode()
    files = {
        "empty.json": b"",
        "utf8.json": good.replace(b"boneka", b"bon\xff\xfeka"),
        "latin1.json": good.replace(b"boneka", b"bon\xe9ka"),
        "zero.json": good.replace(b"boneka", b"bon\\u0000ka"),
        "torn.json": good[:len(good) // 2],
        "list.json": b"[" + good + b"]",
        "deep.json": b"[" * 100000 + b"]" * 100000,
        "two.json": good + b"\n" + good,
        "twice.json": good.replace(b'{"region"', b'{"region": "36.01", "region"', 1),
    }
    for name, content in files.items():
        path = os.path.join(home.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        for words in (("submit",), ("import", "--json")):
            if words[0] == "import" and name in ("empty.json", "two.json"):
                continue  # no row and two rows are no mistake
            path = rows_path(path, words[0])
            answer = home.netra("case", words[0], path, *words[1:])
            check(answer.status in (2, 5), f"{name}, {words[0]}: {answer!r}")
            check(len(answer.err) < 2000, f"{name}: {len(answer.err)} bytes of messages")
    check(count(home, "case") == before, "something was stored")


def rows_path(path, verb):
    """A file's name must say its form: an import is .jsonl."""
    if verb == "submit":
        return path
    new = path[:-len(".json")] + ".jsonl"
    os.replace(path, new)
    return new


def a_50_mb_file_and_a_folder_are_refused(bench):
    home = bench.running()
    before = count(home, "case")
    path = os.path.join(home.folder, "big.json")
    with open(path, "w", encoding="ascii") as file:
        file.write('{"region": "36.04", "incident": {"description": "')
        file.write("besar " * (BIG_BYTES // 6))
        file.write('"}}')
    for verb in ("submit", "import"):
        answer = home.netra("case", verb, rows_path(path, verb))
        check(answer.status in (2, 5), f"50 MB, {verb}: {answer!r}")
        check(len(answer.err.splitlines()) <= 4, f"50 MB, {verb}: {answer.err}")
        answer = home.netra("case", verb, home.folder)
        check(answer.status in (2, 5), f"a folder, {verb}: {answer!r}")
        answer = home.netra("case", verb, os.path.join(home.folder, "nowhere.json"))
        check(answer.status in (1, 2, 3), f"no file, {verb}: {answer!r}")
    check(count(home, "case") == before, "something was stored")


def a_region_that_is_not_the_nodes_is_refused(bench):
    home = bench.running()
    path = home.path("keys", "lebak.key")
    home.netra("key", "new", path, expect=0)
    home.netra("node", "authorise", "lebak", "--key-file", path, "--region", "36.02", expect=0)
    before = count(home, "case")
    answer = home.netra("case", "submit", "-", "--key", path,
                        stdin=report("D097").changed(region="36.04"))
    check(answer.status in (4, 5), f"another region: {answer!r}")
    check("region" in answer.err, f"the region is not named: {answer.err}")
    check(count(home, "case") == before, "it was stored")
    answer = home.netra("case", "submit", "-", "--key", path,
                        stdin=report("D097").changed(region="36.02"))
    check(answer.status == 0, f"its own region: {answer!r}")


def intake_checks_what_a_client_did_not(bench):
    """A client that is not ours: intake's own edge refuses the same, with every path."""
    home = bench.running()
    before = count(home, "case")
    case = proto.case
    rows = (
        ("incident.date", case.Facts(region="36.04", received=20241015, incident=case.Incident(
            date=20240230, description="laporan"))),
        ("incident.description", case.Facts(region="36.04", received=20241015)),
        ("subject.nip", case.Facts(region="36.04", received=20241015, incident=case.Incident(
            description="laporan"), subject=case.Subject(nip="198013312005011001"))),
        ("received", case.Facts(region="36.04", received=20991231, incident=case.Incident(
            description="laporan"))),
        ("incident.description", case.Facts(region="36.04", received=20241015,
                                            incident=case.Incident(description="x" * 70000))),
    )
    key = home.key("node")
    with Peer((key["curve-public"], key["curve-secret"])) as peer:
        door = peer.door(home.listen("intake")["door"], public_of(home, "intake"))
        for number, (path, facts) in enumerate(rows):
            request = proto.node_to_intake.SubmitCase(
                submission_id=f"00000000-0000-7000-8000-0000000001{number:02}", facts=facts)
            answer = peer.ask(door, proto.door.REQUEST_KIND_SUBMIT_CASE,
                              request.SerializeToString())
            check(answer is not None and answer.status != "OK", f"{path}: {answer}")
            check(path in answer.detail, f"{path} is not named: {answer.status} {answer.detail}")
            check("198013312005011001" not in answer.detail, "the NIP is quoted")
    check(count(home, "case") == before, "something was stored")


COLUMNS = ("region", "received", "incident.date", "incident.date_known", "incident.place",
           "incident.description", "subject.name", "subject.position", "subject.unit",
           "subject.employment")


def csv_rows(count_of):
    for number in range(count_of):
        row = json.loads(numbered(number))
        values = []
        for column in COLUMNS:
            value = row
            for key in column.split("."):
                value = value.get(key, "")
            values.append(value)
        yield values


def write_csv(path, broken_row=None):
    """Rows from 1 (without the heading); in the broken one a quote is never closed."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, values in enumerate(csv_rows(ROWS), 1):
            if number == broken_row:
                file.write('36.04,"2024-10-15" x,"terbuka\n')
            else:
                writer.writerow(values)


def a_csv_with_a_broken_quote_is_stored_up_to_it(bench):
    with bench.fresh() as home:
        home.start_all()
        path = os.path.join(home.folder, "reports.csv")
        write_csv(path, BROKEN_ROW)
        answer = home.netra("case", "import", path, "--json", timeout=120)
        check(answer.status in (2, 5), f"a broken quote: exit {answer.status} {answer.err}")
        lines = [line for line in answer.err.splitlines() if "70" in line]
        check(lines, f"the row is not named: {answer.err}")
        check(count(home, "case") == BROKEN_ROW - 1,
              f"{count(home, 'case')} cases, expected {BROKEN_ROW - 1}")
        write_csv(path)
        home.netra("case", "import", path, "--json", timeout=120, expect=0)
        check(count(home, "case") == ROWS, f"{count(home, 'case')} cases after the import went on")
        home.netra("case", "import", path, "--json", timeout=120, expect=0)
        check(count(home, "case") == ROWS, "the same file again made other cases")
        wait_for(lambda: count(home, "decision") == ROWS, 120, "not every row is decided")
        home.stop_all()


def an_import_goes_on_behind_a_bad_row(bench):
    home = bench.running()
    before = count(home, "case")
    path = os.path.join(home.folder, "mixed.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        for number in range(9):
            row = json.loads(numbered(number))
            if number == 4:
                row["incident"]["date"] = "2024-02-30"
            file.write(json.dumps(row) + "\n")
    answer = home.netra("case", "import", path, "--json")
    check(answer.status == 5, f"{answer!r}")
    rows = [json.loads(line) for line in answer.out.splitlines()]
    bad = [row for row in rows if row.get("errors")]
    check(len(bad) == 1 and bad[0]["row"] == 5, f"{bad}")
    check("incident.date" in json.dumps(bad[0]["errors"]), f"{bad}")
    check(count(home, "case") == before + 8, "not every good row is stored")


TESTS = (
    ("each mistake in a submission is named with its path, and nothing is stored",
     each_mistake_is_named),
    ("empty, torn, deep and badly coded files are refused", bad_files_are_refused),
    ("50 MB, a folder and no file are refused", a_50_mb_file_and_a_folder_are_refused),
    ("a region that is not the node's is refused", a_region_that_is_not_the_nodes_is_refused),
    ("intake itself refuses what a client let through", intake_checks_what_a_client_did_not),
    ("an import goes on behind a bad row and ends with 5", an_import_goes_on_behind_a_bad_row),
    ("a CSV with a broken quote is stored up to it, and the mended one goes on",
     a_csv_with_a_broken_quote_is_stored_up_to_it),
)
