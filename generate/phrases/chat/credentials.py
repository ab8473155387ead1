"""Decide which key a server is sent: never because a settings file alone says where it goes.

Reads the environment; writes nothing.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from generate.errors import Refusal
from generate.settings import Phrases

KEY, BASE = "OPENAI_API_KEY", "OPENAI_BASE_URL"
# What the client library would send of its own accord, to whatever host.
AMBIENT = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS", "OPENAI_ADMIN_KEY")
# A variable of another name was not set for this program, and may be any program's secret.
PREFIX = "JUNGLE_"
# Servers that need no key want one of any kind.
NONE = "none"


@dataclass(frozen=True)
class Credential:
    """The key for one address: ``value`` of the variable ``name``, both empty where none is sent.

    ``fault`` says why nothing may be asked, if so; ``ambient`` whether the environment's other
    settings for OpenAI go along.
    """

    name: str = ""
    value: str = ""
    fault: str = ""
    ambient: bool = False

    def require(self) -> str:
        """What to send as the key. Raises `Refusal` with the fault."""
        if self.fault:
            raise Refusal(self.fault)
        return self.value or NONE

    def surroundings(self) -> AbstractContextManager[None]:
        """The environment to open the client in."""
        return nullcontext() if self.ambient else without(AMBIENT)


def choose_credential(asked: Phrases, address: str) -> Credential:
    """The key that the server at ``address`` may have.

    OPENAI_API_KEY goes to OpenAI's hosts and to the one that OPENAI_BASE_URL in the environment
    names; other servers get the variable that ``phrases.api_key_env`` names, or none. Beyond this
    machine a key travels by https alone, and ``api_key_env`` must begin with JUNGLE_.
    """
    parts = urlsplit(address)
    at_openai, local = is_openai(parts), is_loopback(parts)
    asked_of = origin(parts)
    trusted = at_openai or (asked_of is not None and asked_of == find_trusted())
    name = asked.api_key_env or (KEY if trusted else "")
    value = os.environ.get(name, "").strip() if name else ""
    fault = ""
    if value and not (value.isascii() and value.isprintable()):
        fault = f"{name} holds characters that no key has; copy it again"
    elif asked.api_key_env:
        told = f"phrases.api_key_env = {name!r}"
        if not local and not name.startswith(PREFIX):
            fault = (
                f"{told}: beyond this machine the variable's name must begin with {PREFIX}, so "
                "that no settings file can ask for another program's key; set one of such a name"
            )
        elif not local and parts.scheme == "http":
            fault = (
                f"{told}: the key would travel to {parts.hostname} by plain http, for anybody on "
                "the way to read; give a base_url that begins with https://"
            )
        elif not value:
            fault = f"{told}: the environment has no such variable; set it, or leave this out"
    elif not local and parts.scheme == "http":
        value = ""
    elif at_openai and not value:
        fault = (
            f'phrases.writer = "openai" needs {KEY} in the environment; set it, or give '
            'phrases.base_url a server of your own, or take writer = "offline"'
        )
    return Credential(name if value or fault else "", value, fault, ambient=trusted)


def is_openai(parts: SplitResult) -> bool:
    """Whether an address is OpenAI's own."""
    host = parts.hostname or ""
    return host == "openai.com" or host.endswith(".openai.com")


def is_loopback(parts: SplitResult) -> bool:
    """Whether an address is of this machine."""
    host = parts.hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def find_trusted() -> tuple[str, str, int] | None:
    """What OPENAI_BASE_URL in the environment names; None where it names no server."""
    try:
        return origin(urlsplit(os.environ.get(BASE) or ""))
    except ValueError:
        return None


def origin(parts: SplitResult) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address; None where it is none."""
    usual = {"http": 80, "https": 443}
    try:
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in usual or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or usual[parts.scheme]


@contextmanager
def without(names: tuple[str, ...]) -> Iterator[None]:
    """A block in which the environment lacks the variables ``names``."""
    held = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(held)
