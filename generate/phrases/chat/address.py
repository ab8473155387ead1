"""Read the address of a server: one that the client can ask, or a line that says why not."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from generate.errors import Refusal

SCHEMES = ("http", "https")


def read_address(address: str) -> SplitResult:
    """The parts of an address, whose host and port are sound.

    Raises `Refusal`. What two programs could read in two ways, as where its host ends, is refused:
    the key is chosen by this reading, and sent by the client's.
    """
    try:
        parts = urlsplit(address)
        sound = parts.scheme in SCHEMES and is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not address.isprintable() or re.search(r"[\s\\]|\][^:/?#]", address):
        raise Refusal(
            f"phrases.base_url = {address[:200]!r} will not do; it must begin with http:// or "
            "https://, such as http://localhost:11434/v1"
        )
    return parts


def is_host(host: str) -> bool:
    """Whether a server can have this name, or number; ValueError for a number that is none."""
    if ":" in host:
        return bool(ipaddress.ip_address(host))
    host.encode("idna")  # as which other letters travel
    return re.fullmatch(r"[\w-]{1,63}(\.[\w-]{1,63})*\.?", host) is not None
