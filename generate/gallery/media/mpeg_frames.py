"""Take the sound out of an MP3 file, and nothing else: its frames (ISO 11172-3, 13818-3).

Tags of every kind lie between, before or after them: ID3, APE, Lyrics3, pictures of covers. They
name whoever recorded it, and where.
"""

# Kilobits a second by the header's index, of layer III: MPEG 1, then MPEG 2 and 2.5.
RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
# Samples a second of MPEG 1; MPEG 2 has half of them, 2.5 a quarter.
SAMPLES = (44_100, 48_000, 32_000)


def measure_frame(header: bytes) -> int:
    """Bytes of the layer III frame that begins with these four, 0 if none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, bits, samples = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or samples == 3 or bits in (0, 15):
        return 0
    first = version == 3
    rate = SAMPLES[samples] // (1 if first else 2 if version == 2 else 4)
    length = (144 if first else 72) * 1000 * RATES[not first][bits] // rate
    return length + (header[2] >> 1 & 1)


def keep_frames(data: bytes) -> bytes:
    """The frames of an MP3 one after another; empty where it has none of layer III.

    A frame counts if one of its kind follows it or lies right before it, since any bytes may look
    like the head of one.
    """
    kept, at, kind, last = list[bytes](), skip_id3(data, 0), None, -1
    while at >= 0 and at + 4 <= len(data):
        length = measure_frame(data[at : at + 4])
        found, end = kind_of(data, at), at + length
        follows = measure_frame(data[end : end + 4]) and kind_of(data, end) == found
        if length and end <= len(data) and found == (kind or found) and (follows or at == last):
            kept.append(data[at:end])
            kind, last = found, end
            at = skip_id3(data, end)
        else:
            at = data.find(b"\xff", at + 1)
    return b"".join(kept)


def kind_of(data: bytes, at: int) -> tuple[int, int]:
    """Version, layer and sampling rate, which all frames of a file share."""
    return data[at + 1] & 0xFE, data[at + 2] & 0x0C if at + 2 < len(data) else -1


def skip_id3(data: bytes, at: int) -> int:
    """Where the ID3v2 tags that lie at ``at`` end: a picture in one may hold bytes like frames."""
    while data[at : at + 3] == b"ID3" and len(data) > at + 10:
        size = 0
        for byte in data[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if data[at + 5] & 0x10 else 0)
    return at
