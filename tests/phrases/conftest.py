"""A loopback server's answers made into cards, with what must hold whatever it does."""

import re

import pytest

from generate.phrases.chat.credentials import KEY
from generate.phrases.language.language import Language, make_language
from generate.phrases.stage import write_phrases
from generate.phrases.writing.offline import Written
from generate.settings import Settings
from tests.phrases.chat.chat_server import ELSEWHERE, MARKER, OWN_KEY
from tests.phrases.writing.briefs import make_briefs

COUNT = 3


@pytest.fixture(scope="session")
def mossish() -> Language:
    return make_language(7, "Mossish", "soft")


@pytest.fixture(scope="session")
def drafts(mossish) -> list[Written]:
    """What the embedded writer makes of the cards that `write` asks for."""
    return write_phrases(Settings(), mossish, make_briefs(COUNT))


@pytest.fixture
def chat_settings(write_settings, monkeypatch) -> Settings:
    monkeypatch.setattr("generate.phrases.chat.client.REFUSED", {})  # ports come again
    monkeypatch.setenv(KEY, ELSEWHERE)
    monkeypatch.setenv(OWN_KEY, MARKER)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    return write_settings("")


@pytest.fixture
def write(chat_settings, mossish, capfd, tmp_path):
    """Write cards with the server at ``url``; give them and the lines of warning."""

    def run(url: str | None, count: int = COUNT, **changes: object):
        asked = {"writer": "openai", "base_url": url, "api_key_env": OWN_KEY if url else None}
        asked |= {"timeout": 60.0, "retries": 1, **changes}
        phrases = chat_settings.phrases.model_copy(update=asked)
        settings = chat_settings.model_copy(update={"phrases": phrases})
        written = write_phrases(settings, mossish, make_briefs(count))
        out, err = capfd.readouterr()
        lines = [line for line in re.split(r"[\r\n]+", err) if line.startswith("warning")]
        assert MARKER not in out + err and ELSEWHERE not in out + err
        assert "Traceback" not in err
        for path in tmp_path.rglob("*"):
            data = b"" if path.is_dir() else path.read_bytes()
            assert MARKER.encode() not in data and ELSEWHERE.encode() not in data
        texts = [words.phrase.text for words in written]
        assert len(set(texts)) == len(texts) == count
        for words in written:
            assert 3 <= len(words.phrase.words) <= 9
            assert words.name["form"] and words.title and words.place
            assert "<" not in words.message
        return written, lines

    return run
