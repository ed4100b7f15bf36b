"""The checker: from the stopped stores, what the clients were told and what the channels were
given, whether anything was lost, doubled, reordered or made up. Independent of the C code:
hashlib, the contracts and protocol.md only. The rules of cases are in ledger_cases.py.

`check(facts)` returns failures as (rule, text). Every rule is one function below;
tests/crash/prove shows that each fails when it must. Rules hold for a home that was drained and
stopped.
"""
import base64
from collections import Counter, defaultdict

import ledger_cases as cases
import ledger_tree as tree
from ledger_store import SERVICES

SHOWN_MAX = 5

# Who takes whose stream.
CONSUMES = {
    "classification": ("intake",),
    "notification": ("intake", "classification"),
    "audit-log": ("intake", "classification", "notification"),
}


class Channels:
    """What Maildirs and SMTP servers were given: `mails`: {Message-ID: [Mailed, …]};
    `repeats_max`: how many mails an SMTP server may have been given again; `message_id`: of a
    notice; `addresses`: {office: where its mail by SMTP goes}."""

    def __init__(self, mails, repeats_max, message_id, addresses):
        self.mails = mails
        self.repeats_max = repeats_max
        self.message_id = message_id
        self.addresses = addresses

    def address(self, notice):
        """The Maildir's folder, or the envelope's recipient."""
        if notice.channel == "maildir":
            return notice.recipient
        return self.addresses[notice.recipient]


class Facts:
    """The stores, and what is worked out from them once. `channels`: what was handed over; None:
    nobody looked."""

    def __init__(self, stores, sent, told, checkpoint=None, dead_letters=0, channels=None):
        self.stores = stores
        self.sent = sent
        self.told = told
        self.checkpoint = checkpoint
        self.dead_letters = dead_letters
        self.channels = channels
        self.leaves = []
        self.malformed = []
        for index, leaf, stored_hash in stores["audit-log"].leaves:
            try:
                self.leaves.append((index, tree.header_of(leaf), leaf, stored_hash))
            except ValueError as error:
                self.malformed.append(f"leaf {index}: {error}")
        self.at = {}
        for index, header, _, _ in self.leaves:
            self.at.setdefault((header.stream_id, header.seq), index)
        self.header_at = {index: header for index, header, _, _ in self.leaves}
        self.of_type = defaultdict(list)
        for index, header, _, _ in self.leaves:
            self.of_type[header.type].append((index, header))

    def stream_of(self, name):
        return self.stores[name].streams[-1]


def store_is_sound(facts):
    for name, store in facts.stores.items():
        if store.integrity != "ok":
            yield f"{name}: integrity_check says {store.integrity}"
        if not store.last_start_is_clean:
            yield f"{name}: its last stop is not recorded as clean"


def stream_stands_once_in_order(facts):
    seen = defaultdict(list)
    for _, header, _, _ in facts.leaves:
        seen[header.stream_id].append(header.seq)
    for name in SERVICES:
        for stream in facts.stores[name].streams:
            seqs = seen.pop(stream.stream_id, [])
            if seqs == list(range(1, stream.end + 1)):
                continue
            counts = Counter(seqs)
            doubled = [seq for seq, count in counts.items() if count > 1]
            missing = [seq for seq in range(1, stream.end + 1) if seq not in counts]
            beyond = [seq for seq in counts if seq > stream.end]
            yield (f"{name}: stream {stream.stream_id.hex()}: of {stream.end} events "
                   f"{len(missing)} are missing {missing[:3]}, {len(doubled)} stand twice "
                   f"{doubled[:3]}, {len(beyond)} are beyond its end {beyond[:3]}"
                   + ("" if seqs == sorted(seqs) else ", and they are out of order"))
    for stream_id, seqs in seen.items():
        yield f"{len(seqs)} leaves of stream {stream_id.hex()}, which is no service's"


def cause_stands_before_effect(facts):
    for index, header, _, _ in facts.leaves:
        if header.cause_stream_id == tree.ZERO16 and header.cause_seq == 0:
            continue
        cause = facts.at.get((header.cause_stream_id, header.cause_seq))
        if cause is None:
            yield f"leaf {index}: its cause is not in the log"
        elif cause >= index:
            yield f"leaf {index}: its cause stands after it, at {cause}"


def chains_of(facts):
    """{stream id: [digest(0), digest(1) …]} from the leaves, as far as they are contiguous."""
    chains = {}
    for _, header, leaf, _ in facts.leaves:
        chain = chains.setdefault(header.stream_id, [tree.chain_start(header.stream_id)])
        if header.seq == len(chain):
            chain.append(tree.chain_next(chain[-1], tree.header_as_chained(leaf)))
    return chains


def chain_fits(facts):
    chains = chains_of(facts)
    for name in SERVICES:
        store = facts.stores[name]
        for event in store.events:
            stream = [stream for stream in store.streams if stream.base < event.position][-1]
            chain = chains.get(stream.stream_id, [])
            seq = event.position - stream.base
            if seq < len(chain) and chain[seq] != event.digest:
                yield f"{name}: seq {seq}: its stored digest is not what its headers chain to"
    for consumer, producers in CONSUMES.items():
        for producer in producers:
            inbox = facts.stores[consumer].inbox.get(producer)
            chain = chains.get(inbox.stream_id, []) if inbox else []
            if inbox is None or inbox.seq >= len(chain) or chain[inbox.seq] != inbox.digest:
                yield f"{consumer}: its position in {producer}'s stream is not on that chain"


def everything_arrived(facts):
    for consumer, producers in CONSUMES.items():
        for producer in producers:
            stream = facts.stream_of(producer)
            inbox = facts.stores[consumer].inbox.get(producer)
            if inbox is None or (inbox.stream_id, inbox.seq) != (stream.stream_id, stream.end):
                at = None if inbox is None else inbox.seq
                yield (f"{consumer}: applied {producer} through {at}, its stream ends at "
                       f"{stream.end}")
            cursor = facts.stores[producer].cursors.get(consumer, 0)
            if cursor != facts.stores[producer].tip:
                yield (f"{producer}: {consumer} has acknowledged through position {cursor}, "
                       f"the log ends at {facts.stores[producer].tip}")


def leaf_is_well_formed(facts):
    yield from facts.malformed
    expected = 0
    for index, header, leaf, stored_hash in facts.leaves:
        if index != expected:
            yield f"leaf {index} stands where {expected} was expected"
        expected = index + 1
        if header.append_time == 0 or header.append_time % 60 != 0:
            yield f"leaf {index}: its append time {header.append_time} is no whole minute"
        if stored_hash is not None and tree.leaf_hash(leaf) != stored_hash:
            yield f"leaf {index}: its stored hash is not its own"


def case_is_numbered(facts):
    last = {}
    for index, header, leaf, _ in facts.leaves:
        if header.case_handle == tree.ZERO16:
            wanted = (0, tree.ZERO32)
        else:
            number, previous = last.get(header.case_handle, (0, tree.ZERO32))
            wanted = (number + 1, previous)
            last[header.case_handle] = (number + 1, tree.leaf_hash(leaf))
        if (header.number_in_case, header.previous_leaf_hash) != wanted:
            yield (f"leaf {index}: its number {header.number_in_case} or previous leaf is not its "
                   "case's")


def tree_is_published(facts):
    hashes = [tree.leaf_hash(leaf) for _, _, leaf, _ in facts.leaves]
    root = tree.root_of(hashes)
    store = facts.stores["audit-log"]
    tiles = tree.tile_hashes(hashes)
    if store.tiles != tiles:
        yield f"{len(store.tiles)} stored tiles, {len(tiles)} recomputed: they differ"
    if (store.size, store.root) != (len(hashes), root):
        yield f"the tree's row is of {store.size} leaves, there are {len(hashes)}; or another root"
    if facts.checkpoint is None:
        return
    if facts.checkpoint != store.checkpoint:
        yield "the published checkpoint is another than the one that was committed"
    lines = facts.checkpoint.decode().split("\n")
    if int(lines[1]) != len(hashes) or base64.b64decode(lines[2]) != root:
        yield f"the checkpoint is of {lines[1]} leaves, there are {len(hashes)}; or another root"


def payload_is_kept(facts):
    """Beside each leaf its payload: sealed for an event of a case, else clear and committed."""
    payloads = facts.stores["audit-log"].payloads
    for index, header, _, _ in facts.leaves:
        payload = payloads.get(index, b"")
        is_of_case = header.case_handle != tree.ZERO16
        if payload[:1] != (b"\1" if is_of_case else b"\0"):
            yield f"leaf {index}: its payload is missing or of the wrong kind"
        elif not is_of_case and \
                tree.commitment(payload[1:33], payload[33:]) != header.commitment:
            yield f"leaf {index}: its payload is not what it commits to"


def index_tables_fit(facts):
    """What audit-log finds leaves by says the same as the leaves."""
    store = facts.stores["audit-log"]
    from_runs = {}
    for stream_id, first_seq, first_index, count in store.runs:
        for step in range(count):
            from_runs[(stream_id, first_seq + step)] = first_index + step
    if from_runs != facts.at:
        yield f"the runs name {len(from_runs)} events, the leaves {len(facts.at)}; or other places"
    newest = {}
    for _, header, leaf, _ in facts.leaves:
        if header.case_handle != tree.ZERO16:
            newest[header.case_handle] = (header.number_in_case, tree.leaf_hash(leaf))
    if newest != store.case_states:
        yield "case_state is not what the cases' newest leaves are"


def dead_letters_are_expected(facts):
    letters = [(name, *letter) for name, store in facts.stores.items()
               for letter in store.dead_letters]
    if len(letters) != facts.dead_letters:
        yield f"{len(letters)} dead letters, expected {facts.dead_letters}: {letters[:SHOWN_MAX]}"


RULES = (store_is_sound, *cases.RULES, stream_stands_once_in_order, cause_stands_before_effect,
         chain_fits, everything_arrived, leaf_is_well_formed, case_is_numbered, tree_is_published,
         payload_is_kept, index_tables_fit, dead_letters_are_expected)


def check(facts):
    """[(rule's name, text)]; at most SHOWN_MAX texts a rule."""
    failures = []
    for rule in RULES:
        texts = list(rule(facts))
        failures += [(rule.__name__, text) for text in texts[:SHOWN_MAX]]
        if len(texts) > SHOWN_MAX:
            failures.append((rule.__name__, f"and {len(texts) - SHOWN_MAX} more"))
    return failures
