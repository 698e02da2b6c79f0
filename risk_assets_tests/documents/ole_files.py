"""Files in Office's container of before 2007, with streams of a given name and nothing in them."""

import struct

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole_of(*streams: str) -> bytes:
    """A container with empty streams, as many as fit into one sector of the directory."""
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    fat = struct.pack("<128I", _FAT, _END, *[_FREE] * 126)
    names = ["Root Entry", *streams]
    entries = b""
    for i in range(4):
        name = names[i].encode("utf-16-le") + b"\0\0" if i < len(names) else b""
        kind = 0 if not name else 5 if i == 0 else 2
        right = i + 1 if 0 < i < len(names) - 1 else _FREE
        child = 1 if i == 0 and streams else _FREE
        entries += struct.pack("<64sHBBIII36xIII", name, len(name), kind, 1, _FREE, right, child, _END, 0, 0)
    return header + fat + entries
