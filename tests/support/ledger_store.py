"""Reading the stopped stores and the clients' words, read-only, into plain values.

Names of tables and columns: services/*/*_store.c and common/delivery/{event_log,delivery_store}.c.
"""
import hashlib
import json
import os
import sqlite3
from collections import namedtuple

SERVICES = ("intake", "classification", "notification", "audit-log")

Stream = namedtuple("Stream", "stream_id base end")
Event = namedtuple("Event", "position header payload digest")
Inbox = namedtuple("Inbox", "stream_id seq digest")
Case = namedtuple("Case", "id case_handle case_number node submission_id")
Revision = namedtuple("Revision", "case_handle revision submission_id stream_id seq")
Link = namedtuple("Link", "case_handle other_id kind")
Decision = namedtuple("Decision", "case_handle revision outcome disposition facts_stream facts_seq"
                                  " facts_revision stream_id seq")
CHANNELS = {1: "maildir", 2: "smtp"}
Notice = namedtuple("Notice", "id case_handle revision recipient kind state channel stream_id seq")
Mailed = namedtuple("Mailed", "channel recipient content")
Told = namedtuple("Told", "submission_id case_number commitment seq where")


HEADER_SIZE, DIGEST_SIZE = 232, 32
EVENT_OVERHEAD = HEADER_SIZE + DIGEST_SIZE + 4


def events_of(position, segment):
    """The events of a segment (common/delivery/segment.h) whose first has that position."""
    at = 0
    while at < len(segment):
        header = segment[at:at + HEADER_SIZE]
        digest = segment[at + HEADER_SIZE:at + HEADER_SIZE + DIGEST_SIZE]
        size = int.from_bytes(segment[at + EVENT_OVERHEAD - 4:at + EVENT_OVERHEAD], "big")
        payload = segment[at + EVENT_OVERHEAD:at + EVENT_OVERHEAD + size]
        yield Event(position, header, payload, digest)
        at, position = at + EVENT_OVERHEAD + size, position + 1


def segment_of(event):
    """A segment with that event alone."""
    return event.header + event.digest + len(event.payload).to_bytes(4, "big") + event.payload


class Store:
    """What every service's store has."""

    def __init__(self, path):
        self.path = path
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            self.database = database
            self.read_common()
        self.database = None

    def rows(self, text):
        return self.database.execute(text).fetchall()

    def read_common(self):
        self.integrity = self.rows("PRAGMA integrity_check")[0][0]
        self.events = [event for row in self.rows(
            "SELECT first, events FROM segment ORDER BY last") for event in events_of(*row)]
        self.tip = self.events[-1].position if self.events else 0
        rows = self.rows("SELECT stream_id, base, closed_seq FROM stream ORDER BY generation")
        self.streams = [Stream(stream_id, base, self.tip - base if closed is None else closed)
                        for stream_id, base, closed in rows]
        self.inbox = {row[0]: Inbox(*row[1:]) for row in self.rows(
            "SELECT producer, stream_id, seq, digest FROM inbox")}
        self.cursors = dict(self.rows("SELECT destination, position FROM cursor"))
        self.dead_letters = self.rows("SELECT producer, seq, status FROM dead_letter")
        self.last_start_is_clean = self.rows(
            "SELECT is_clean FROM process_start ORDER BY id DESC LIMIT 1") == [(1,)]


class Intake(Store):
    def read_common(self):
        super().read_common()
        self.cases = [Case(*row) for row in self.rows(
            "SELECT id, case_handle, case_number, node, submission_id FROM case_record"
            " ORDER BY id")]
        self.revisions = [Revision(*row) for row in self.rows(
            "SELECT c.case_handle, f.id & 65535, f.submission_id, f.stream_id, f.seq"
            " FROM facts_revision AS f JOIN case_record AS c ON c.id = f.id >> 16 ORDER BY f.id")]
        self.links = [Link(*row) for row in self.rows(
            "SELECT c.case_handle, l.other_id, l.kind FROM case_link AS l"
            " JOIN case_record AS c ON c.id = l.case_id ORDER BY l.id")]


class Classification(Store):
    def read_common(self):
        super().read_common()
        self.decisions = [Decision(*row) for row in self.rows(
            "SELECT case_handle, revision, outcome, disposition, facts_stream, facts_seq,"
            " facts_revision, stream_id, seq FROM decision ORDER BY id")]
        self.older_facts = self.rows(
            "SELECT facts_stream, facts_seq, case_handle FROM older_facts")


class Notification(Store):
    def read_common(self):
        super().read_common()
        rows = [Notice(*row) for row in self.rows(
            "SELECT id, case_handle, revision, recipient, kind, state, channel, stream_id, seq"
            " FROM notice ORDER BY id")]
        self.notices = [row._replace(channel=CHANNELS.get(row.channel, row.channel))
                        for row in rows]


class AuditLog(Store):
    def read_common(self):
        super().read_common()
        self.leaves = self.rows("SELECT idx, leaf, leaf_hash FROM leaf ORDER BY idx")
        self.tiles = [row[0] for row in self.rows("SELECT hash FROM node ORDER BY idx")]
        self.size, self.root, self.checkpoint = self.rows(
            "SELECT size, root, checkpoint FROM tree")[0]
        self.payloads = dict(self.rows(
            "SELECT idx, payload FROM leaf WHERE payload IS NOT NULL"))
        self.runs = self.rows("SELECT stream_id, first_seq, first_idx, count FROM run")
        self.case_states = {row[0]: row[1:] for row in self.rows(
            "SELECT case_handle, number, leaf_hash FROM case_state")}


READERS = {"intake": Intake, "classification": Classification, "notification": Notification,
           "audit-log": AuditLog}


def read_stores(folder):
    """{service: Store} of a home's stores folder."""
    return {name: READERS[name](os.path.join(folder, f"{name}.db")) for name in SERVICES}


def message_id(secret, origin, notice):
    """The Message-ID of a notice's mail, without <> (services/notification/notice_mail.h)."""
    recipient = notice.recipient.encode()
    content = (b"netra-message-id/v1\n" + bytes([len(recipient)]) + recipient +
               notice.case_handle + notice.revision.to_bytes(4, "big") + bytes([notice.kind]))
    keyed = hashlib.blake2b(content, digest_size=20, key=secret).hexdigest()
    return f"{keyed}@{origin.split('/')[0]}"


def values_of(path):
    """The file's JSON values, one after the other; what a kill left torn is passed over, and a
    last line without its end is left out, as the client does."""
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    text = text[:text.rfind("\n") + 1]
    decoder = json.JSONDecoder()
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
            yield value
        except ValueError:
            at = text.index("\n", at) + 1


def read_told(paths):
    """(ids that may have been sent, [Told]) from result files and what imports printed."""
    sent, told = set(), []
    for path in paths:
        for row in values_of(path):
            if not isinstance(row, dict) or "submission_id" not in row:
                continue
            sent.add(row["submission_id"])
            if row.get("status") == "OK" or row.get("case_number"):
                told.append(Told(row["submission_id"], row["case_number"], row.get("commitment"),
                                 row.get("seq"), os.path.basename(path)))
    return sent, told
