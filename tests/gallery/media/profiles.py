"""ICC profiles to test with, laid out by hand after ICC.1:2010: a matrix and a gamma."""

import struct


def make_profile(primaries: list[tuple[float, float, float]], gamma: float, space: str) -> bytes:
    """An ICC v2 display profile: "RGB " with three XYZ (D50) primaries, or "GRAY" with none."""
    white = (0.9642, 1.0, 0.8249)
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    text = b"Test space"
    description = b"desc" + bytes(4) + struct.pack(">I", len(text) + 1) + text + bytes(80)
    tags = {b"desc": description, b"wtpt": pack_xyz(white)}
    if space == "RGB ":
        for name, primary in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True):
            tags[name] = pack_xyz(primary)
        tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    else:
        tags[b"kTRC"] = curve
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = offset + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"", 0x02100000, b"mntr", space.encode(), b"XYZ ")
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += struct.pack(">3i", *(round(value * 65536) for value in white))
    return header.ljust(128, b"\0") + table + body


def pack_xyz(values: tuple[float, ...]) -> bytes:
    """An XYZType tag of one colour."""
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))


# Adobe RGB (1998), primaries adapted to D50.
ADOBE = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]
