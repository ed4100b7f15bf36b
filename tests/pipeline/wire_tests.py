"""What comes in that should not: keys, names, roles, frames and acks. Each is refused, counted in
/metrics and logged, and the service goes on.
"""
import os

from netra_peer import Peer, Status, draw_keys, peer_of, position, public_of, stream_frame
from netra_proto import proto
from netra_wait import holds_for, wait_for
from pipeline_support import check, journey, wait_drained, wait_state

FRAME_BYTES_MAX = 262144
NESTING = 17000


def refused(home, name):
    """Everything this start of a service has refused at its edges."""
    return home.metric(name, "frames_refused_total") + home.metric(name, "edge_refused_total")


def lines_since(home, name, mark, word):
    return [line for line in home.log(name)[mark:].splitlines() if word in line]


def wait_refused(home, name, before, what):
    wait_for(lambda: refused(home, name) > before, 10, f"{what}: {name} has not counted it")


def a_strangers_key_is_refused(bench):
    home = bench.running()
    home.restart("intake")
    home.wait_ready("intake")
    mark = len(home.log("intake"))
    before = refused(home, "intake")
    server = public_of(home, "intake")
    with Peer(draw_keys()) as stranger:
        outlet = stranger.outlet(home.listen("intake")["inlet"], server)
        stranger.say(outlet, b"anything", seconds=1.0)
        door = stranger.door(home.listen("intake")["door"], server)
        answer = stranger.ask(door, proto.door.REQUEST_KIND_SERVICE_STATUS, seconds=1.0)
        check(answer is None, f"a stranger was answered: {answer}")
        wait_for(lambda: refused(home, "intake") >= before + 2, 10, "not counted")
    lines = lines_since(home, "intake", mark, "unknown_key")
    check(len(lines) == 1, f"logged {len(lines)} times: {lines[:3]}")
    journey(home)


def a_nodes_key_has_no_business_at_the_inlet(bench):
    home = bench.running()
    before = refused(home, "intake")
    with peer_of(home, "node") as node:
        outlet = node.outlet(home.listen("intake")["inlet"], public_of(home, "intake"))
        node.say(outlet, stream_frame(hello=proto.link.Hello()), seconds=1.0)
        wait_refused(home, "intake", before, "a node at the inlet")
    journey(home)


def a_revoked_key_is_told_once(bench):
    home = bench.running()
    path = home.path("keys", "gone.key")
    home.netra("key", "new", path, expect=0)
    home.netra("node", "authorise", "gone", "--key-file", path, "--region", "36.04", expect=0)
    home.netra("node", "revoke", "gone", "--reason", "lost", expect=0)
    with peer_of(home, "gone") as node:
        door = node.door(home.listen("intake")["door"], public_of(home, "intake"))
        body = proto.node_to_intake.SubmitCase(
            submission_id="00000000-0000-7000-8000-000000000001",
            facts=facts_of("laporan")).SerializeToString()
        first = node.ask(door, proto.door.REQUEST_KIND_SUBMIT_CASE, body)
        check(first is not None and first.status == "REVOKED", f"told {first}")
        second = node.ask(door, proto.door.REQUEST_KIND_SUBMIT_CASE, body, seconds=1.0)
        check(second is None, f"told again: {second}")
    journey(home)


def facts_of(description):
    return proto.case.Facts(region="36.04", received=20241015,
                            incident=proto.case.Incident(description=description))


def roles_ask_only_what_is_theirs(bench):
    home = bench.running()
    kinds = proto.door
    rows = (("operator", "intake", kinds.REQUEST_KIND_CASE_TEXT),
            ("worker-1", "intake", kinds.REQUEST_KIND_CASES),
            ("node", "intake", kinds.REQUEST_KIND_ACT),
            ("node", "audit-log", kinds.REQUEST_KIND_AUDIT_LEAVES),
            ("node", "classification", kinds.REQUEST_KIND_WORK),
            ("node", "intake", kinds.REQUEST_KIND_CASE_KEYS),
            ("operator", "intake", kinds.REQUEST_KIND_CASE_KEYS),
            ("operator", "intake", kinds.REQUEST_KIND_SUBMIT_CASE),
            ("worker-1", "intake", kinds.REQUEST_KIND_SUBMIT_CASE),
            ("worker-1", "classification", kinds.REQUEST_KIND_DECISIONS),
            ("audit-log", "intake", kinds.REQUEST_KIND_CASE_KEYS))
    logged = 0
    for name in {where for _, where, _ in rows}:
        home.restart(name)
        home.wait_ready(name)
    for who, where, kind in rows:
        mark = len(home.log(where))
        before = home.metric(where, "requests_refused_total")
        with peer_of(home, who) as peer:
            door = peer.door(home.listen(where)["door"], public_of(home, where))
            answer = peer.ask(door, kind)
        check(answer is not None and answer.status == "NOT_AUTHORISED",
              f"{who} asked {where} for {kind}: {answer}")
        check(home.metric(where, "requests_refused_total") == before + 1, f"{who}: not counted")
        logged += len(lines_since(home, where, mark, "NOT_AUTHORISED"))
    check(1 <= logged <= 3, f"three services logged refusals {logged} times")
    journey(home)


def garbage_at_the_door_is_refused(bench):
    home = bench.running()
    with peer_of(home, "node") as node:
        door = node.door(home.listen("intake")["door"], public_of(home, "intake"))
        for frame in (b"", b"\xff" * 50, nested(), os.urandom(3000)):
            before = home.metric("intake", "requests_refused_total")
            door.send(frame)
            wait_for(lambda: home.metric("intake", "requests_refused_total") > before, 10,
                     f"{len(frame)} bytes of garbage: not counted")
        before = refused(home, "intake")
        door.send_multipart([b"one", b"two"])
        wait_refused(home, "intake", before, "multipart at the door")
    journey(home)


def nested():
    """34 KB of messages within messages: a Frame's batch field, over and over."""
    inner = b""
    while len(inner) < 2 * NESTING:
        size = len(inner)
        length = b""
        while size > 0x7f:
            length += bytes([size & 0x7f | 0x80])
            size >>= 7
        inner = b"\x12" + length + bytes([size]) + inner
    return inner


def as_peer(bench, absent, at, act):
    """Runs act(home, peer, outlet) as the absent service at the inlet of `at`; all goes on."""
    home = bench.running()
    home.restart(at)
    home.wait_ready(at)
    wait_drained(home)
    home.stop(absent)
    with peer_of(home, absent) as peer:
        act(home, peer, peer.outlet(home.listen(at)["inlet"], public_of(home, at)))
    home.start(absent, wait=True)
    journey(home)


def a_hello_in_anothers_name_is_refused(bench):
    def lie(home, peer, outlet):
        del peer
        mark, before = len(home.log("classification")), refused(home, "classification")
        hello = proto.link.Hello(number=os.urandom(16), contract_min=1, contract_max=1,
                                 end=position(), **{"from": "intake"})
        for _ in range(3):
            outlet.send(stream_frame(hello=hello))
        wait_for(lambda: refused(home, "classification") >= before + 3, 10, "not counted")
        lines = lines_since(home, "classification", mark, "NAME_NOT_OF_KEY")
        check(len(lines) == 1, f"logged {len(lines)} times")
    as_peer(bench, "notification", "classification", lie)


def bad_frames_are_refused(bench):
    def send_all(home, peer, outlet):
        del peer
        for what, parts in bad_frames():
            before = refused(home, "classification")
            outlet.send_multipart(parts)
            wait_refused(home, "classification", before, what)
            check(home.is_alive("classification"), f"{what} ended classification")
        outlet.send(b"\0" * (4 * FRAME_BYTES_MAX))  # libzmq itself drops the connection
        holds_for(lambda: home.is_alive("classification"), 0.5, "1 MiB ended classification")
    as_peer(bench, "intake", "classification", send_all)


def bad_frames():
    batch = stream_frame(batch=proto.link.Batch(
        before=position(os.urandom(16), 7, os.urandom(32)),
        entries=[proto.link.Entry(header=os.urandom(232), payload=os.urandom(400))] * 20))
    hello = proto.link.Hello(number=b"short", contract_min=1, contract_max=1, **{"from": "intake"})
    newer = proto.link.Hello(number=os.urandom(16), contract_min=99, contract_max=99,
                             **{"from": "intake"})
    ack = proto.link.Ack(position=position(os.urandom(16), 3, os.urandom(32)),
                         store_id=os.urandom(16))
    return (("garbage", [b"\xff" * 100]), ("nothing", [b""]), ("random bytes", [os.urandom(5000)]),
            ("34 KB nested", [nested()]), ("a truncated batch", [batch[:len(batch) // 2]]),
            ("an empty frame message", [stream_frame()]),
            ("a batch without entries", [stream_frame(batch=proto.link.Batch())]),
            ("a hello with a short number", [stream_frame(hello=hello)]),
            ("a hello of a newer contract", [stream_frame(hello=newer)]),
            ("an ack where no stream goes", [stream_frame(ack=ack)]),
            ("an oversize frame", [b"\0" * (FRAME_BYTES_MAX + 100)]),
            ("multipart", [b"one", b"two"]))


def hear_hello(inlet, name):
    """The next Hello of that service at an inlet that stands in for an absent one."""
    for _ in range(20):
        check(inlet.poll(5000), f"{name} says no Hello to the restarted peer")
        frame = proto.link.Frame.FromString(inlet.recv())
        if frame.HasField("hello") and getattr(frame.hello, "from") == name:
            return frame.hello
    raise AssertionError("twenty frames and no Hello")


def old_acks_are_ignored(bench):
    def ack(home, peer, outlet):
        inlet = peer.inlet(home.listen("notification")["inlet"])
        hello = hear_hello(inlet, "classification")
        with Status(home) as status:
            before = status.of("classification")
            old = proto.link.Ack(position=position(hello.end.stream_id, 0, bytes(32)),
                                 credit_entries=10, credit_bytes=10000, store_id=os.urandom(16))
            for _ in range(3):
                outlet.send(stream_frame(ack=old))
            holds_for(lambda: status.of("classification").state == "ready", 1.0,
                      "an old ack stopped classification")
            check(status.of("classification").seq == before.seq, "the log moved")
        inlet.close(linger=0)
    as_peer(bench, "notification", "classification", ack)


def an_ack_beyond_the_end_stops_the_service(bench):
    home = bench.running()
    wait_drained(home)
    home.stop("notification")
    with peer_of(home, "notification") as peer, Status(home) as status:
        outlet = peer.outlet(home.listen("classification")["inlet"],
                             public_of(home, "classification"))
        row = status.of("classification")
        beyond = proto.link.Ack(position=position(row.stream_id, row.seq + 1000, os.urandom(32)),
                                credit_entries=10, credit_bytes=10000, store_id=os.urandom(16))
        outlet.send(stream_frame(ack=beyond))
        wait_state(home, "classification", "forked")
        outlet.close(linger=0)
    check("STREAM_FORKED" in home.log("classification"), "no alarm in the log")
    check(home.netra("doctor", "--timeout", "2").status == 1, "doctor has nothing to say")
    home.start("notification", wait=True)
    home.netra("service", "recover", "classification", "--from", "end", expect=0)
    home.wait_ready("classification")
    journey(home)


TESTS = (
    ("a stranger's key is refused, counted and logged once", a_strangers_key_is_refused),
    ("a node's key has no business at an inlet", a_nodes_key_has_no_business_at_the_inlet),
    ("a revoked key is told once", a_revoked_key_is_told_once),
    ("roles ask only for what is theirs", roles_ask_only_what_is_theirs),
    ("garbage at the door is refused", garbage_at_the_door_is_refused),
    ("a Hello in another's name is refused, counted and logged once",
     a_hello_in_anothers_name_is_refused),
    ("garbage, nested, truncated, oversize and multipart frames are refused",
     bad_frames_are_refused),
    ("old acks are ignored", old_acks_are_ignored),
    ("an ack beyond the end stops the service until it is recovered",
     an_ack_beyond_the_end_stops_the_service),
)
