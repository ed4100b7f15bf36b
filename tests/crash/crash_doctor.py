"""Makes a copy of a good home's stopped stores look as a bug would have left them.

A doctored copy is whole in every other respect: the tree, the chain and the positions fit what was
done, so that only the rule for that bug can notice.
"""
import base64
import os
import shutil
import sqlite3

import ledger
import ledger_tree as tree
from ledger_cases import EVENT_DECISION_MADE
from ledger_store import Event, read_stores, segment_of

NUMBER_AT, PREVIOUS_AT, SEQ_AT = 58, 80, 30


class Doctor:
    """A copy of the stores in `folder`; `facts()` reads it back for the ledger."""

    def __init__(self, stores, folder, sent, told, channels):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(stores, folder)
        self.folder = folder
        self.sent = set(sent)
        self.told = list(told)
        self.channels = ledger.Channels({name: list(copies) for name, copies in
                                         channels.mails.items()}, channels.repeats_max,
                                        channels.message_id, channels.addresses)
        self.checkpoint = None
        self.stores = read_stores(folder)
        self.leaves = [leaf for _, leaf, _ in self.stores["audit-log"].leaves]
        self.payloads = [self.stores["audit-log"].payloads[index]
                         for index in range(len(self.leaves))]

    def run(self, name, text, *values):
        with sqlite3.connect(os.path.join(self.folder, f"{name}.db")) as database:
            database.execute(text, values)
        database.close()

    def facts(self):
        if self.checkpoint is None:
            self.checkpoint = self.stores["audit-log"].checkpoint
        return ledger.Facts(read_stores(self.folder), self.sent, self.told, self.checkpoint,
                            channels=self.channels)

    def new_checkpoint(self):
        root = tree.root_of([tree.leaf_hash(leaf) for leaf in self.leaves])
        return f"any\n{len(self.leaves)}\n{base64.b64encode(root).decode()}\n".encode()

    # ---- the log ----

    def stream_id(self, name):
        return self.stores[name].streams[-1].stream_id

    def of_stream(self, name):
        """Indices of the leaves of a service's stream, in order."""
        stream_id = self.stream_id(name)
        return [index for index, leaf in enumerate(self.leaves) if leaf[14:30] == stream_id]

    def last_of(self, name, event_type):
        """The index of the stream's last leaf of that type."""
        return [index for index in self.of_stream(name)
                if tree.header_of(self.leaves[index]).type == event_type][-1]

    def last_case(self):
        """(the last decision's leaf, every leaf of notification since): of one case, for the run
        ends with a case of its own."""
        decided = self.of_stream("classification")[-1]
        handle = self.leaves[decided][42:58]
        told = self.of_stream("notification")
        queued = [index for index in told if self.leaves[index][42:58] == handle]
        if tree.header_of(self.leaves[decided]).type != EVENT_DECISION_MADE or not queued:
            raise AssertionError("the run did not end with a case that was decided and told")
        return decided, [index for index in told if index >= queued[0]]

    def notice(self, **how):
        """A notice's row that has these values."""
        return next(row for row in self.stores["notification"].notices
                    if all(getattr(row, key) == value for key, value in how.items()))

    def set_notice(self, notice, column, value):
        self.run("notification", f"UPDATE notice SET {column} = ? WHERE id = ?", value, notice.id)

    def mails_of(self, notice):
        return self.channels.mails[self.channels.message_id(notice)]

    def without_constraints(self, name, table):
        """A bug may be that a constraint was forgotten."""
        self.run(name, f"CREATE TABLE loose AS SELECT * FROM {table}")
        self.run(name, f"DROP TABLE {table}")
        self.run(name, f"ALTER TABLE loose RENAME TO {table}")

    def write_leaves(self):
        """Numbers within cases, previous leaves, hashes and tiles made to fit; then stored."""
        last = {}
        for index, leaf in enumerate(self.leaves):
            handle = leaf[42:58]
            if handle != tree.ZERO16:
                number, previous = last.get(handle, (0, tree.ZERO32))
                leaf = (leaf[:NUMBER_AT] + (number + 1).to_bytes(8, "big") + leaf[66:PREVIOUS_AT] +
                        previous + leaf[112:])
                last[handle] = (number + 1, tree.leaf_hash(leaf))
            self.leaves[index] = leaf
        self.store_leaves()

    def store_leaves(self):
        """Replaces the log by `leaves`, with every table beside it made to fit."""
        hashes = [tree.leaf_hash(leaf) for leaf in self.leaves]
        root = tree.root_of(hashes)
        newest = {}
        for index, leaf in enumerate(self.leaves):
            if leaf[42:58] != tree.ZERO16:
                newest[leaf[42:58]] = (int.from_bytes(leaf[58:66], "big"), hashes[index], index)
        tables = {
            "leaf (idx, leaf, leaf_hash, payload)":
                list(zip(range(len(hashes)), self.leaves, hashes, self.payloads)),
            "node (idx, hash)": list(enumerate(tree.tile_hashes(hashes))),
            "case_state (case_handle, number, leaf_hash, idx)":
                [(handle, *state) for handle, state in newest.items()],
            "run (stream_id, first_seq, first_idx, count)": self.runs(),
        }
        self.checkpoint = self.new_checkpoint()
        path = os.path.join(self.folder, "audit-log.db")
        with sqlite3.connect(path) as database:
            for table, rows in tables.items():
                marks = ", ".join("?" * (table.count(",") + 1))
                database.execute(f"DELETE FROM {table.split(' ')[0]}")
                database.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)
            database.execute("UPDATE tree SET size = ?, root = ?, checkpoint = ?",
                             (len(hashes), root, self.checkpoint))
        database.close()

    def runs(self):
        return [(leaf[14:30], int.from_bytes(leaf[30:38], "big"), index, 1)
                for index, leaf in enumerate(self.leaves)]

    def remove(self, index):
        del self.leaves[index]
        del self.payloads[index]

    # ---- streams ----

    def digest_at(self, name, seq):
        digest = tree.chain_start(self.stream_id(name))
        for index in self.of_stream(name)[:seq]:
            digest = tree.chain_next(digest, tree.header_as_chained(self.leaves[index]))
        return digest

    def set_end(self, name, seq, consumers):
        """The service's log ends at `seq`, and `consumers` have taken it all."""
        digest = self.digest_at(name, seq)
        position = self.stores[name].streams[-1].base + seq
        header = tree.header_as_chained(self.leaves[self.of_stream(name)[seq - 1]])
        kept = [event for event in self.stores[name].events if event.position < position]
        self.run(name, "DELETE FROM segment")
        for event in kept + [Event(position, header, b"\0", digest)]:
            self.run(name, "INSERT INTO segment (last, first, bytes_before, digest_before, events)"
                           " VALUES (?, ?, 0, x'', ?)", event.position, event.position,
                     segment_of(event))
        for consumer in consumers:
            self.set_inbox(consumer, name, seq, digest)
            self.run(name, "UPDATE cursor SET position = ? WHERE destination = ?", position,
                     consumer)

    def set_inbox(self, consumer, producer, seq, digest):
        self.run(consumer, "UPDATE inbox SET seq = ?, digest = ? WHERE producer = ?", seq, digest,
                 producer)

    def append_copy(self, index, seq, cause_seq=None):
        """A leaf like the one at `index`, with another seq (and cause), at the log's end."""
        leaf = self.leaves[index]
        leaf = leaf[:SEQ_AT] + seq.to_bytes(8, "big") + leaf[38:]
        if cause_seq is not None:
            leaf = leaf[:160] + cause_seq.to_bytes(8, "big") + leaf[168:]
        self.leaves.append(leaf)
        self.payloads.append(self.payloads[index])
