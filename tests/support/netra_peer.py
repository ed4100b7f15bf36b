"""Somebody else on the wire: a ZeroMQ peer with given CURVE keys, at doors, inlets, as an inlet.

Keys are raw 32 bytes here, as in key files; ZeroMQ wants them in Z85.
"""
import os
import struct
import time

import zmq
from zmq.utils import z85

from netra_proto import proto

CONTRACT = 1

SEND_MS = 5000  # a socket whose server refused it has nobody to send to, and would wait for ever


def z(key):
    return z85.encode(key)


def draw_keys():
    """A stranger's (public, secret)."""
    public, secret = zmq.curve_keypair()
    return z85.decode(public), z85.decode(secret)


def set_client_keys(socket, keys, server_public):
    public, secret = keys
    socket.curve_publickey = z(public)
    socket.curve_secretkey = z(secret)
    socket.curve_serverkey = z(server_public)
    socket.linger = 0


class Peer:
    """`keys`: (public, secret). Sockets are closed with it."""

    def __init__(self, keys):
        self.context = zmq.Context()
        self.keys = keys
        self.sockets = []
        self.next_id = struct.unpack(">Q", b"\0\0" + os.urandom(6))[0]

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()
        return False

    def close(self):
        for socket in self.sockets:
            socket.close(linger=0)
        self.context.destroy(linger=0)

    def new_socket(self, kind):
        socket = self.context.socket(kind)
        self.sockets.append(socket)
        return socket

    def connect(self, kind, address, server_public):
        socket = self.new_socket(kind)
        set_client_keys(socket, self.keys, server_public)
        socket.reconnect_ivl = 50
        socket.sndtimeo = SEND_MS
        socket.connect(address)
        return socket

    def outlet(self, address, server_public):
        """PUSH to a service's inlet."""
        return self.connect(zmq.PUSH, address, server_public)

    def door(self, address, server_public):
        """DEALER at a service's door."""
        return self.connect(zmq.DEALER, address, server_public)

    def inlet(self, address):
        """Binds a PULL where a service that is down would bind; takes whoever comes."""
        socket = self.new_socket(zmq.PULL)
        public, secret = self.keys
        socket.curve_server = True
        socket.curve_publickey = z(public)
        socket.curve_secretkey = z(secret)
        socket.linger = 0
        socket.bind(address)
        return socket

    def say(self, socket, frame, seconds=5.0):
        """Whether the frame could be sent: a socket whose server refused it has nobody to send
        to."""
        try:
            socket.sndtimeo = int(seconds * 1000)
            socket.send(frame)
            return True
        except zmq.Again:
            return False

    def ask(self, socket, kind, body=b"", seconds=5.0):
        """The DoorAnswer to a request of that kind, or None when none came."""
        self.next_id += 1
        request = proto.door.DoorRequest(request_id=self.next_id, kind=kind, body=body)
        if not self.say(socket, request.SerializeToString(), seconds):
            return None
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not socket.poll(int(left * 1000) + 1):
                return None
            answer = proto.door.DoorAnswer.FromString(socket.recv())
            if answer.request_id == self.next_id:
                return answer


def peer_of(home, name):
    """A Peer that speaks with the key of a service, the operator, the node or a worker."""
    key = home.key(name)
    return Peer((key["curve-public"], key["curve-secret"]))


def public_of(home, name):
    return home.key(name)["curve-public"]


def stream_frame(**fields):
    """An encoded Frame: hello=…, batch=… or ack=…."""
    return proto.link.Frame(**fields).SerializeToString()


def position(stream_id=b"", seq=0, digest=b""):
    return proto.link.Position(stream_id=stream_id, seq=seq, digest=digest)


def listing_of(table):
    """(service, request kind, message, field, key) of a list."""
    door, person = proto.door, proto.person_to_any
    if table.startswith("dead letter of "):
        return (table[len("dead letter of "):], door.REQUEST_KIND_DEAD_LETTERS, person.DeadLetters,
                "letters", "id")
    return {
        "case": ("intake", door.REQUEST_KIND_CASES, person.CaseRows, "cases", "id"),
        "decision": ("classification", door.REQUEST_KIND_DECISIONS, person.DecisionRows,
                     "decisions", "id"),
        "notice": ("notification", door.REQUEST_KIND_NOTICES, person.NoticeRows, "notices", "id"),
        "leaf": ("audit-log", door.REQUEST_KIND_AUDIT_LEAVES, person.AuditLeaves, "leaves",
                 "index"),
    }[table]


class Status:
    """Every service's ServiceStatus and lists, asked at the doors with the operator's key, or
    with `who`'s."""

    def __init__(self, home, who="operator"):
        self.home = home
        self.peer = peer_of(home, who)
        self.doors = {}

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.peer.close()
        return False

    def door(self, name):
        if name not in self.doors:
            address = self.home.listen(name)["door"]
            self.doors[name] = self.peer.door(address, public_of(self.home, name))
        return self.doors[name]

    def of(self, name, seconds=2.0):
        """The ServiceStatus, or None when the service doesn't answer."""
        kinds = proto.door
        answer = self.peer.ask(self.door(name), kinds.REQUEST_KIND_SERVICE_STATUS,
                               proto.door.Empty().SerializeToString(), seconds)
        if answer is None or answer.status != "OK":
            return None
        return proto.person_to_any.ServiceStatus.FromString(answer.body)

    def ask(self, name, kind, body, seconds=5.0, may_be_absent=False):
        """The body of the answer to a request at a service's door; fails when it is not OK."""
        answer = self.peer.ask(self.door(name), kind, body.SerializeToString(), seconds)
        if may_be_absent and answer is not None and answer.status == "NOT_FOUND":
            return b""
        if answer is None or answer.status != "OK":
            raise AssertionError(f"{name}: {answer.status if answer else 'no answer'}")
        return answer.body

    def list(self, table):
        """Every row of a list at a door (listing_of names them)."""
        name, kind, message, field, key = listing_of(table)
        rows = []
        after = 0
        while True:
            request = proto.person_to_any.ListRequest(after=after, rows_max=256)
            page = getattr(message.FromString(self.ask(name, kind, request)), field)
            if not page:
                return rows
            rows += page
            after = getattr(page[-1], key) + (1 if key == "index" else 0)

    def decisions(self, handle):
        """Every CaseDecision of a case, by revision; none while it is undecided."""
        body = self.ask("classification", proto.door.REQUEST_KIND_CASE_DECISIONS,
                        proto.person_to_any.CaseRequest(case_handle=handle), may_be_absent=True)
        return proto.person_to_any.CaseDecisions.FromString(body).decisions

    def all(self):
        """{name: ServiceStatus}, or None while one is silent."""
        found = {name: self.of(name) for name in
                 ("intake", "classification", "notification", "audit-log")}
        return found if all(found.values()) else None

    def is_drained(self):
        """Whether everything that exists was applied everywhere (falsy) at this moment."""
        found = self.all()
        if not found:
            return False
        for status in found.values():
            if status.state != "ready":
                return False
            for stream in status.consumes:
                producer = found[stream.peer]
                if (stream.stream_id, stream.seq) != (producer.stream_id, producer.seq):
                    return False
            for stream in status.produces:
                if (stream.stream_id, stream.seq) != (status.stream_id, status.seq):
                    return False
        return True
