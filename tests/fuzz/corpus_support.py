"""What the seeds are made of: messages filled by the names of their fields, and where they go."""
import hashlib
import os

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

CANARY = "QXZKANARI"
CASE = "ABCD-EFGH-JK"
UUID = "0192f0c4-0000-7000-8000-000000000001"
SEED_BYTES_MAX = 4096

# Bytes fields by the end of their names: how long they must be.
SIZES = (("key_id", 4), ("start", 8), ("closed_streams", 16), ("stream_id", 16), ("_stream", 16),
         ("store_id", 16), ("case_handle", 16), ("case_handles", 16), ("number", 16),
         ("echo", 16), ("signature", 64), ("header", 232), ("leaf", 232),
         ("sealed_reporter", 1120), ("payload", 40), ("body", 20), ("answer", 16),
         ("facts", 30), ("part", 30),
         ("checkpoint", 60))
TEXTS = {"region": "36.04", "regions": "36.04", "case_number": CASE, "submission_id": UUID,
         "election": "PILKADA_2024", "office": "BUPATI", "primary": "DISIPLIN-05",
         "codes": "DISIPLIN-05", "code": "DISIPLIN-05", "rule": "PARTY", "flags": "LATE",
         "missing": "UNIT", "conflicts": "BKPSDM", "authority": "BKN", "name": "node-serang",
         "service": "notification", "from": "intake", "reported_conduct": "DISIPLIN-04",
         "nip": "198001012005011001", "status": "OK", "review_reason": "LOW_CONFIDENCE",
         "reported": "x", "recipient": "bkpsdm-36.04", "role": "PPK", "channel": "maildir"}
NUMBERS = {"date": 20241012, "date_known": 20241013, "received": 20241015,
           "incident_date": 20241012, "from": 20241001, "to": 20241031, "engine": 2,
           "rows_max": 256, "cases_max": 8,
           "contract_min": 1, "contract_max": 1, "confidence_permille": 700, "begin": 3, "end": 9,
           "accepted_at": 1728950400, "sent_at": 1728950390, "decided_at": 1728950500, "type": 32,
           "gap_seq": 0, "facts_revision": 1, "revision": 1, "outcome": 1, "disposition": 1}


def bytes_of(name):
    size = next((size for end, size in SIZES if name.endswith(end)), 32)
    if name in ("header", "leaf"):
        return header()
    return hashlib.shake_128(name.encode()).digest(size)


def header(seq=1, event=32, case=b"\1" * 16, commitment=b"\2" * 32, stream=b"\7" * 16):
    return (b"netra-leaf/v1\n" + stream + seq.to_bytes(8, "big") + event.to_bytes(2, "big")
            + b"\0\1" + case + bytes(16) + b"\0\3" + b"\1\2\3\4" + bytes(32) + commitment
            + bytes(24) + bytes(64))


def value_of(field):
    name = field.name
    if field.type == field.TYPE_STRING:
        return TEXTS.get(name, CANARY)
    if field.type == field.TYPE_BYTES:
        return bytes_of(name)
    if field.type == field.TYPE_ENUM:
        return field.enum_type.values[min(2, len(field.enum_type.values) - 1)].number
    if field.type == field.TYPE_BOOL:
        return True
    return NUMBERS.get(name, 7)


def filled(message, times=1):
    """The message with something in every field; of a oneof, its first."""
    seen = set()
    for field in message.DESCRIPTOR.fields:
        one_of = field.containing_oneof
        if one_of is not None and one_of.name in seen:
            continue
        if one_of is not None:
            seen.add(one_of.name)
        if field.label == field.LABEL_REPEATED:
            # A message within itself (door.DoorRequest.more) would have no end.
            for _ in range(0 if field.message_type is message.DESCRIPTOR else times):
                if field.message_type:
                    filled(getattr(message, field.name).add(), times)
                else:
                    getattr(message, field.name).append(value_of(field))
        elif field.message_type:
            filled(getattr(message, field.name), times)
        else:
            setattr(message, field.name, value_of(field))
    if message.DESCRIPTOR.name == "Subject":
        message.name = CANARY
    return message


def encoded(message):
    return message.SerializeToString(deterministic=True)


class Corpus:
    """The seeds of one target."""

    def __init__(self, target):
        self.folder = os.path.join(HERE, "corpus", target)
        os.makedirs(self.folder, exist_ok=True)

    def put(self, name, *parts):
        content = b"".join(part.encode() if isinstance(part, str) else part for part in parts)
        if len(content) > SEED_BYTES_MAX:
            raise ValueError(f"{self.folder}/{name}: {len(content)} bytes")
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(content)


def selected(corpus, decoders):
    """A seed for each (name, bytes); the decoder is chosen by the index of the name's first
    word."""
    order = list(dict.fromkeys(name.split(".")[0] for name, _ in decoders))
    for name, content in decoders:
        corpus.put(name, bytes([order.index(name.split(".")[0])]), content)
