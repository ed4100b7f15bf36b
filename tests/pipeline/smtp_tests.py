"""Mail by SMTP: a real server, and one that is down, slow, refuses or cuts. Nothing is lost, and
at most what the contract allows is sent again, with the same Message-ID.
"""
import email
import email.policy
import os

from netra_wait import holds_for, wait_for
from pipeline_support import check, count, notices_of, wait_drained, wait_settled
from reports import all_reports, report, write_lines
from smtp_server import FaultServer, RealServer

ORIGIN = "log.test.invalid/netra"
CASES = 12
TRANSFERS_MAX = 4  # at once, as notification's SMTP_TRANSFERS_MAX says


class Office:
    """A home of its own whose notices go to `server`, every other office by SMTP."""

    def __init__(self, bench, server):
        self.home = bench.fresh(origin=ORIGIN)
        self.home.use_smtp(server.url())

    def __enter__(self):
        self.home.start_all()
        return self.home

    def __exit__(self, kind, value, trace):
        return self.home.__exit__(kind, value, trace)


def submit_some(home):
    """Reports of several regions, so that offices of both channels are told; until they are."""
    path = write_lines(os.path.join(home.folder, "some.jsonl"),
                       [row.text() for row in all_reports()[:CASES]])
    home.netra("case", "import", path, "--json", expect=0, timeout=60)
    wait_told(home)


def wait_told(home):
    wait_for(lambda: count(home, "decision") == CASES, 60, "not every case is decided")
    wait_drained(home)
    check({row.channel for row in notices_of(home)} == {"maildir", "smtp"}, "one channel only")


def by_channel(home, channel):
    return [row for row in notices_of(home) if row.channel == channel and row.state != "blocked"]


def check_each_once(home, server, repeated=0):
    """Every notice is handed over, and its mail is where it belongs."""
    wait_settled(home)
    mails = server.by_id()
    rows = by_channel(home, "smtp")
    check(rows and all(row.state == "handed_over" for row in rows), f"{rows}")
    check(set(mails) == {row.message_id for row in rows}, "mails are missing or too many")
    copies = sum(len(copies) for copies in mails.values())
    check(copies <= len(rows) + repeated, f"{copies} mails of {len(rows)} notices")
    for copies in mails.values():
        check(len({copy.content for copy in copies}) == 1, "a repeat has another text")
    check_maildir(home)


def check_maildir(home):
    rows = by_channel(home, "maildir")
    found = [parse(content)["Message-ID"].strip("<>") for _, content in home.mails()]
    check(sorted(found) == sorted(row.message_id for row in rows if row.state == "handed_over"),
          f"{len(found)} mails in the Maildirs, {len(rows)} notices")


def parse(content):
    return email.message_from_bytes(content, policy=email.policy.default)


def a_real_server_delivers(bench):
    with bench.fresh(origin=ORIGIN) as home, \
            RealServer(os.path.join(home.folder, "real", "mail")) as server:
        home.use_smtp(server.url())
        home.start_all()
        submit_some(home)
        wait_settled(home)
        rows = {row.message_id: row for row in by_channel(home, "smtp")}
        check(all(row.state == "handed_over" for row in rows.values()), f"{rows}")
        mails = [parse(content) for _, content in server.mails()]
        check(sorted(mail["Message-ID"].strip("<>") for mail in mails) == sorted(rows),
              f"{len(mails)} mails, {len(rows)} notices")
        for mail in mails:
            row = rows[mail["Message-ID"].strip("<>")]
            text = mail.get_content()
            check(row.case_number in mail["Subject"] + text, "the case number is not in the mail")
            check(mail["Subject"] and mail["From"] and mail["To"] and mail["Date"],
                  f"headers are missing: {mail.items()}")
            check(len(text.split()) > 10, f"the body says too little: {text}")
        check_maildir(home)
        home.stop_all()


def a_server_that_is_down_holds_nobody_up(bench):
    with FaultServer() as server:
        server.stop()
        with Office(bench, server) as home:
            submit_some(home)
            wait_for(lambda: all(row.state == "handed_over"
                                 for row in by_channel(home, "maildir")), 30,
                     "the Maildirs wait for the SMTP server")
            rows = by_channel(home, "smtp")
            check(all(row.state == "queued" for row in rows), f"{rows}")
            wait_for(lambda: any(row.attempts > 1 for row in by_channel(home, "smtp")), 30,
                     "nobody tries again")
            home.restart("notification")
            home.wait_ready("notification")
            server.start()
            check_each_once(home, server)
            home.netra("audit", "verify", expect=0)
            home.stop_all()


def a_slow_server_is_waited_for(bench):
    with FaultServer() as server, Office(bench, server) as home:
        server.hold()
        submit_some(home)
        wait_for(lambda: all(row.state == "handed_over" for row in by_channel(home, "maildir")),
                 30, "the Maildirs wait for the SMTP server")
        receipt = home.submit(report("D097").text())
        check(receipt["case_number"], "no receipt while the SMTP server is slow")
        holds_for(lambda: home.http("notification", "/livez")[0] == 200, 0.5,
                  "notification is not alive while the server is slow")
        server.release()
        check_each_once(home, server, repeated=len(by_channel(home, "smtp")))
        home.stop_all()


def refusals_for_now_are_tried_again(bench):
    with FaultServer() as server, Office(bench, server) as home:
        server.fail("rcpt", "4xx", 3)
        server.fail("data", "4xx", 3)
        submit_some(home)
        check_each_once(home, server)
        check(server.met == 6, f"{server.met} faults were met, not 6")
        home.stop_all()


def refusals_for_good_fail_visibly(bench):
    with FaultServer() as server, Office(bench, server) as home:
        server.fail("rcpt", "5xx")
        server.fail("data", "5xx")
        submit_some(home)
        wait_settled(home)
        rows = by_channel(home, "smtp")
        failed = [row for row in rows if row.state == "failed"]
        check(len(failed) == 2, f"{len(failed)} notices failed, not 2")
        check(all("550" in row.why for row in failed), f"{[row.why for row in failed]}")
        check(all(row.state == "handed_over" for row in rows if row not in failed), f"{rows}")
        answer = home.netra("notice", "list", "--json", expect=0)
        check(sum(1 for row in answer.json() if row["state"] == "failed") == 2,
              "`notice list` doesn't show them")
        check(home.netra("doctor").status != 0 or "failed" in home.netra("doctor").out,
              "doctor says nothing of failed notices")
        home.netra("notice", "resend", str(failed[0].id), expect=0)
        wait_for(lambda: len([row for row in by_channel(home, "smtp")
                              if row.state == "failed"]) == 1, 30, "it was not sent again")
        check(failed[0].message_id in server.by_id(), "the resent notice did not arrive")
        home.stop_all()


def a_cut_after_data_repeats_at_most_once(bench):
    with FaultServer() as server, Office(bench, server) as home:
        server.fail("cut", "", 3)
        submit_some(home)
        check_each_once(home, server, repeated=3)
        check(server.met == 3, f"{server.met} connections were cut, not 3")
        repeated = [copies for copies in server.by_id().values() if len(copies) > 1]
        check(all(len(copies) == 2 for copies in repeated), "a mail was repeated more than once")
        home.stop_all()


def a_crash_after_the_hand_over_repeats_with_the_same_id(bench):
    with FaultServer() as server, Office(bench, server) as home:
        home.restart("notification", "notice_handed_over=kill@4")
        home.wait_ready("notification")
        path = write_lines(os.path.join(home.folder, "some.jsonl"),
                           [row.text() for row in all_reports()[:CASES]])
        home.netra("case", "import", path, "--json", expect=0, timeout=60)
        wait_for(lambda: not home.is_alive("notification"), 60, "notification does not die")
        home.start("notification", wait=True)
        wait_told(home)
        check_each_once(home, server, repeated=TRANSFERS_MAX)
        home.netra("audit", "verify", expect=0)
        home.stop_all()


def a_message_cut_by_a_stop_is_not_delivered_torn(bench):
    """libcurl ends the message of a transfer that is taken from it, unless its connection is cut
    first."""
    with FaultServer() as server, Office(bench, server) as home:
        server.hold_data()
        submit_some(home)
        wait_for(lambda: server.at_data, 30, "no message is begun")
        home.stop("notification")
        server.release()
        home.start("notification", wait=True)
        check_each_once(home, server)
        home.stop_all()


TESTS = (
    ("a real SMTP server delivers, and the mail can be read", a_real_server_delivers),
    ("an SMTP server that is down holds nobody up, and gets all when it is back",
     a_server_that_is_down_holds_nobody_up),
    ("a slow SMTP server is waited for", a_slow_server_is_waited_for),
    ("what is refused for now is tried again", refusals_for_now_are_tried_again),
    ("what is refused for good fails, is shown, and can be resent",
     refusals_for_good_fail_visibly),
    ("a connection cut after DATA repeats at most once, with the same Message-ID",
     a_cut_after_data_repeats_at_most_once),
    ("a message cut by a stop is not delivered torn",
     a_message_cut_by_a_stop_is_not_delivered_torn),
    ("a crash after a hand-over repeats at most with the same Message-ID",
     a_crash_after_the_hand_over_repeats_with_the_same_id),
)
