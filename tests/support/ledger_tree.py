"""Leaves, chains and the RFC 6962 tree, recomputed with hashlib from protocol.md alone.

The leaf, 232 bytes, big-endian: see protocol.md "The leaf, for ever".
"""
import hashlib
import struct
from collections import namedtuple

LEAF_SIZE = 232
PREFIX = b"netra-leaf/v1\n"
ZERO16 = bytes(16)
ZERO32 = bytes(32)

Header = namedtuple("Header", "stream_id seq type schema case_handle number_in_case append_time "
                              "actor_role actor_key_id previous_leaf_hash commitment "
                              "cause_stream_id cause_seq signature")
LAYOUT = struct.Struct(">14s16sQHH16sQQH4s32s32s16sQ64s")


def header_of(leaf):
    """The fields of a leaf or header; ValueError when it is none."""
    if len(leaf) != LEAF_SIZE:
        raise ValueError(f"{len(leaf)} bytes")
    fields = LAYOUT.unpack(leaf)
    if fields[0] != PREFIX:
        raise ValueError("another prefix")
    return Header(*fields[1:])


def header_as_chained(leaf):
    """A leaf with audit-log's three fields zero again."""
    return leaf[:58] + bytes(16) + leaf[74:80] + ZERO32 + leaf[112:]


def chain_start(stream_id):
    return hashlib.sha256(b"netra-stream/v1\n" + stream_id).digest()


def chain_next(digest, header):
    return hashlib.sha256(digest + header).digest()


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes):
    """MTH over leaf hashes (RFC 6962 2.1), by the stack of complete subtrees."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    stack = []
    for index, item in enumerate(hashes):
        size = index + 1
        while size % 2 == 0:
            item = node_hash(stack.pop(), item)
            size //= 2
        stack.append(item)
    root = stack.pop()
    while stack:
        root = node_hash(stack.pop(), root)
    return root


def tile_hashes(hashes):
    """The hashes of the complete tiles of 256 leaves."""
    return [root_of(hashes[at:at + 256]) for at in range(0, len(hashes) - 255, 256)]


def commitment(salt, payload):
    return hashlib.sha256(b"netra-commit/v1\n" + salt + payload).digest()
