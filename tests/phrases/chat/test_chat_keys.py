"""Which key a server is sent: none that a settings file alone asks for."""

import json
import os

import pytest

from generate.errors import Refusal
from generate.phrases.chat.client import Chat
from generate.phrases.chat.credentials import AMBIENT, KEY, choose_credential
from generate.settings import Phrases
from tests.phrases.chat.chat_server import ELSEWHERE, MARKER, OWN_KEY, fail, serve

OPENAI = "https://api.openai.com/v1"


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.setenv(KEY, ELSEWHERE)
    monkeypatch.setenv(OWN_KEY, MARKER)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def choose(address, name=None):
    return choose_credential(Phrases(api_key_env=name), address)


@pytest.mark.parametrize(
    ("address", "base", "sent"),
    [
        (OPENAI, "", True),
        ("https://eu.api.openai.com/v1", "", True),
        ("http://api.openai.com/v1", "", False),
        ("https://api.openai.com.evil.example/v1", "", False),
        ("https://notopenai.com/v1", "", False),
        ("https://openai.com@evil.example/v1", "", False),
        ("https://evil.example/api.openai.com", "", False),
        ("https://api.openai.com%2eevil.example/v1", "", False),
        ("https://evil.example#@api.openai.com", "", False),
        ("https://API.OPENAI.COM/v1", "", True),
        ("http://127.0.0.1:8000/v1", "", False),
        ("https://gate.example/v1", "https://gate.example/other", True),
        ("https://gate.example:443/v1", "https://gate.example/v1", True),
        ("https://gate.example:8443/v1", "https://gate.example/v1", False),
        ("http://gate.example/v1", "http://gate.example/v1", False),
        ("https://evil.example/v1", "https://gate.example/v1", False),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000/v1", "", False),
        ("http://[::1]:8000/v1", "http://[0::1]:8000/v1", False),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1", True),
        # Neither address nor environment names a server: that is no agreement.
        ("https://evil.example:99999/v1", "", False),
        ("https://evil.example:x/v1", "https://gate.example:y/v1", False),
        ("https://evil.example/v1", "http://[::1", False),
    ],
)
def test_openais_key_goes_where_the_environment_sends_it(monkeypatch, address, base, sent):
    monkeypatch.setenv("OPENAI_BASE_URL", base)
    found = choose(address)
    assert found.require() == (ELSEWHERE if sent else "none")
    assert found.name == (KEY if sent else "")


@pytest.mark.parametrize(
    ("address", "name", "said"),
    [
        ("http://192.168.0.9:8000/v1", OWN_KEY, "by plain http"),
        ("https://evil.example/v1", "AWS_SECRET_ACCESS_KEY", "must begin with JUNGLE_"),
        ("https://localhost.evil.example", "AWS_SECRET_ACCESS_KEY", "must begin with JUNGLE_"),
        ("https://127.0.0.1@evil.example", "AWS_SECRET_ACCESS_KEY", "must begin with JUNGLE_"),
        ("http://127.0.0.1.nip.io/v1", OWN_KEY, "by plain http"),
        ("https://evil.example/v1", "JUNGLE_OTHER", "the environment has no such variable"),
        ("http://localhost:8000/v1", "NOWHERE_KEY", "the environment has no such variable"),
    ],
)
def test_a_key_of_its_own_that_may_not_go_there_is_refused(monkeypatch, address, name, said):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ELSEWHERE)
    with pytest.raises(Refusal, match=f"api_key_env = '{name}'.*{said}") as refusal:
        choose(address, name).require()
    assert ELSEWHERE not in str(refusal.value) and MARKER not in str(refusal.value)


@pytest.mark.parametrize(
    "address", ["https://other.example/v1", "http://localhost:1/v1", "http://[::1]:1/v1"]
)
def test_a_key_of_its_own_goes_there(address):
    assert choose(address, OWN_KEY).require() == MARKER


@pytest.mark.parametrize("name", [KEY, "HF_TOKEN", "a key", "sk-x"])
def test_settings_name_no_key_of_anothers(write_settings, name):
    with pytest.raises(Refusal, match=r"phrases\.api_key_env = .* will not do"):
        write_settings(f'[phrases]\napi_key_env = "{name}"')


def test_the_name_of_the_key_decides_no_phrase(write_settings):
    plain = write_settings("").model_dump(mode="json")
    assert write_settings(f'[phrases]\napi_key_env = "{OWN_KEY}"').model_dump(mode="json") == plain


def test_a_server_of_ones_own_gets_nothing_of_openais(write, monkeypatch):
    for name in AMBIENT:
        monkeypatch.setenv(name, f"Cookie: {ELSEWHERE}")
    with serve("good") as server:
        _, warned = write(server.url, api_key_env=None)
        assert not warned
        write(server.url, 5)
    assert [headers["authorization"] for headers in server.headers] == [
        "Bearer none",
        f"Bearer {MARKER}",
    ]
    assert ELSEWHERE not in str(server.headers)
    assert all(os.environ[name] for name in AMBIENT)


def test_the_server_that_the_environment_names_gets_openais_key(write, monkeypatch):
    with serve("good") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        write(None)
        write(server.url, 5, api_key_env=None)
    assert {headers["authorization"] for headers in server.headers} == {f"Bearer {ELSEWHERE}"}


def test_a_server_that_wants_a_key_is_told_from_one_that_takes_none(write):
    with serve(fail(401)) as server:
        _, warned = write(server.url, api_key_env=None)
    assert "wants a key: see api_key_env (401)" in warned[0]


@pytest.mark.parametrize(
    "address",
    [
        *("", "localhost:11434/v1", "//localhost/v1", "ftp://localhost/v1", "https:///v1"),
        *("http://[::1/v1", "http://[zz]:1/v1", "http://[::1].example/v1"),
        *("http://localhost:x/v1", "http://localhost:99999/v1", "http://localhost:0/v1"),
        *("https://evil.example\\.openai.com/v1", "https://evil.example;.openai.com/v1"),
        *("https://evil.example%2f.openai.com/v1", "https://evil.example .openai.com/v1"),
        *("https://evil.example\u2044.openai.com/v1", "https://api.openai.com\t.evil.example/v1"),
        *("http://a..b/v1", f"http://{'a' * 300}/v1", "http://\u00e9.\u200b/v1"),
        *("http://localhost/\0", "http://localhost/\7", "http://localhost/v1\nX: y"),
    ],
)
def test_an_address_that_may_be_read_in_two_ways_is_one_line(write_settings, address):
    """As the client reads it, so must the choice of its key; else no server is asked."""
    settings = write_settings(f"[phrases]\nwriter = 'openai'\nbase_url = {json.dumps(address)}")
    if not address:  # then it is OpenAI
        assert Chat(settings).at_openai
        return
    with pytest.raises(Refusal, match="will not do; it must begin with") as refusal:
        Chat(settings)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 400


@pytest.mark.parametrize(
    "address",
    [
        *("http://localhost:11434/v1", "http://[::1]:11434/v1", "http://192.168.0.9:8000/v1"),
        *("https://my_server.example./v1", "https://dschungel-f\u00fcr-alle.example/v1"),
        *("http://LOCALHOST/v1", "https://gate.example/a%20b/v1?x=1", "http://[fe80::1%25lo]:1/v1"),
    ],
)
def test_an_address_of_any_sound_kind_is_read(write_settings, address):
    settings = write_settings(f"[phrases]\nwriter = 'openai'\nbase_url = {json.dumps(address)}")
    assert Chat(settings).host
