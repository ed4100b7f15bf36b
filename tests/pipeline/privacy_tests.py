"""Planted personal data rests and travels nowhere in the clear: stores, logs, metrics, mails, dead
letters, checkpoint, cores, messages.
"""
import base64
import json
import os
import signal

from netra_home import SERVICES
from netra_peer import Status
from netra_wait import wait_for
from pipeline_support import check, wait_settled
from poison_tests import next_seq, letters, supervise
from reports import report
from smtp_server import FaultServer

NAME = "Xylomandar Quvretson"
NIP = "198304172009031947"
PHRASE = "zarqumwelit bofendrahan"
PLACE = "Gang Wextorfil"
REPORTER = "Pramutik Hojelvang"
CONTACT = "0899-7741-3322"
REASON = "saksi bernama Vuklarindo"
PLANTED = (NAME, NIP, PHRASE, PLACE, REPORTER, CONTACT, REASON)
CORE_SIGNALS = (signal.SIGSEGV, signal.SIGABRT)


def words_of(text):
    """What must not be found: the whole, and each unusual word."""
    return [text] + [word for word in text.split() if len(word) > 7]


def forms_of(word):
    """[(name of the form, bytes)]; plain text is looked for whatever its case."""
    forms = [("UTF-8", word.lower().encode()), ("UTF-16", word.encode("utf-16-le")),
             ("UTF-16", word.encode("utf-16-be"))]
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + word.encode())
        inner = coded[4 if offset else 0:len(coded) // 4 * 4 - 4]
        if len(inner) >= 8:
            forms.append(("base64", inner))
    return forms


FORMS = [(word, form, content) for text in PLANTED for word in words_of(text)
         for form, content in forms_of(word)]


def check_clean(where, content):
    lower = content.lower()
    for word, form, needle in FORMS:
        found = needle in (lower if form == "UTF-8" else content)
        check(not found, f"{where}: {word!r} stands there in {form}")


def check_folder(folder):
    count = 0
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            check_clean(path, name.encode())
            with open(path, "rb") as file:
                check_clean(path, file.read())
            count += 1
    check(count > 10, f"only {count} files were looked at")


def the_search_finds_what_it_seeks(bench):
    del bench
    for where in (f"x {NAME}. y".encode(), NAME.upper().encode(), PHRASE.encode("utf-16-le"),
                  base64.b64encode(f"{{'nip': '{NIP}'}}".encode()),
                  base64.b64encode(f"ab{REPORTER} dan lain".encode())):
        try:
            check_clean("a plant", where)
        except AssertionError:
            continue
        raise AssertionError(f"not found in {where}")


def planted(**how):
    row = json.loads(report("D097").changed(region="36.04", place=PLACE, **how))
    row["incident"]["description"] += f" Terlapor {NAME}, {PHRASE}, NIP {NIP}."
    row["subject"].update(name=NAME, nip=NIP)
    row["reporter"] = {"name": REPORTER, "contact": CONTACT}
    return row


def said(answer):
    """Everything a command that may not show content said."""
    check_clean("a command's answer", (answer.out + answer.err).encode())
    return answer


def plant(home):
    """A case with everything a case can have; its number and handle."""
    said(home.netra("case", "submit", "-", "--timeout", "2",
                    stdin=json.dumps({**planted(), "received": "2099-01-01"})))
    broken = planted()
    broken["subject"]["nip"] = NIP[:-1] + "X"
    broken[NAME] = PHRASE
    answer = home.netra("case", "submit", "-", stdin=json.dumps(broken))
    check(answer.status in (2, 5), f"{answer!r}")
    check(NIP[:-1] not in answer.err and PHRASE not in answer.err, f"quoted: {answer.err}")
    photo = os.path.join(home.folder, f"{NAME} foto.jpg")
    with open(photo, "w", encoding="ascii") as file:
        file.write("no photo")
    receipt = home.netra("case", "submit", "-", "--attach", photo, "--json",
                         stdin=json.dumps(planted()), expect=0).json()
    corrected = planted(date="2024-11-11")
    del corrected["reporter"]
    number = receipt["case_number"]
    said(home.netra("case", "correct", number, "-", stdin=json.dumps(corrected), expect=0))
    wait_settled(home)
    shown = said(home.netra("case", "show", number, "--json", expect=0)).json()
    said(home.netra("review", "override", number, "--revision", str(shown["revision"]), "--code",
                    "ETIK-02", "--reason", "-", stdin=REASON + "\n", expect=0))
    text = home.netra("case", "show", number, "--text", expect=0)
    check(PHRASE in text.out, "an entitled person is not shown the text")
    wait_settled(home)
    return number


def make_dead_letter(home):
    faults = f"turn_entry_applying=kill@1+#{next_seq(home, 'classification')}"
    home.restart("notification", faults)
    home.wait_ready("notification")
    home.submit(json.dumps(planted(date="2024-11-10")))
    supervise(home, ["notification"], faults, lambda: letters(home))
    home.restart("notification")
    home.wait_ready("notification")


def look_at_doors(home, number):
    for words in (("case", "list"), ("case", "show", number), ("review", "list"),
                  ("notice", "list"), ("route", "explain", number), ("dead-letter", "list"),
                  ("service", "list"), ("doctor",), ("audit", "verify")):
        said(home.netra(*words))
    for name in SERVICES:
        for page in ("/metrics", "/livez", "/readyz"):
            check_clean(f"{name}{page}", home.http(name, page)[1].encode())
    with Status(home) as status:
        for row in status.list("notice"):
            preview = home.netra("notice", "preview", str(row.id))
            check(preview.status == 0, f"notice preview {row.id}: {preview!r}")
            said(preview)


def planted_data_is_found_nowhere(bench):
    with FaultServer() as server, bench.fresh(origin="log.test.invalid/netra") as home:
        home.use_smtp(server.url())
        home.start_all()
        number = plant(home)
        make_dead_letter(home)
        wait_settled(home)
        look_at_doors(home, number)
        check_folder(home.home)  # with the -wal of running services
        for mail in server.all():
            check_clean("a mail", mail.content)
        check(server.all() or home.mails(), "nobody was told anything")
        home.stop_all()
        check_folder(home.home)


def a_crash_leaves_no_core(bench):
    """Where a core may be written is set by the machine; ours must not write one at all."""
    with bench.fresh() as home:
        cores = os.path.join(home.folder, "cores")
        os.mkdir(cores)
        names = ("audit-log", "notification", "classification", "intake", *home.workers)
        for number in CORE_SIGNALS:
            for name in names:
                home.start(name, cores=cores)
            for name in SERVICES:
                home.wait_ready(name)
            receipt = home.submit(json.dumps(planted()))
            wait_for(lambda: home.netra("case", "show", receipt["case_number"]).status == 0, 20,
                     "the case is not shown")
            for name in names:
                home.processes[name].send(number)
                status = home.processes[name].wait_end(20, f"{name} survives signal {number}")
                check(status != 0, f"{name} ended with 0 after signal {number}")
            check(not os.listdir(cores), f"cores: {os.listdir(cores)}")
            check_folder(home.home)


def no_process_may_be_dumped(bench):
    home = bench.running()
    for name in (*SERVICES, *home.workers):
        with open(f"/proc/{home.processes[name].pid}/limits", encoding="ascii") as file:
            rows = [line.split() for line in file if line.startswith("Max core file size")]
        check(rows[0][4] == "0", f"{name} may write cores of {rows[0][4]} bytes")


TESTS = (
    ("the search for planted data finds every form of it", the_search_finds_what_it_seeks),
    ("planted personal data is found nowhere in the clear", planted_data_is_found_nowhere),
    ("no service may write a core", no_process_may_be_dumped),
    ("a crash of each service leaves no core and nothing in the clear", a_crash_leaves_no_core),
)
