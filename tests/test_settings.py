"""The settings file: defaults, and one clear line for every fault."""

import datetime
from pathlib import Path

import pytest

from generate.errors import Refusal
from generate.settings import Settings, read_settings

ROOT = Path(__file__).parents[1]


def test_the_shipped_file_spells_out_the_defaults(write_settings):
    shipped = read_settings(ROOT)
    # New jungles have field notes; those that know nothing of them are left as they are.
    assert shipped.phrases.notes and not Settings().phrases.notes
    plain = shipped.phrases.model_copy(update={"notes": False})
    assert shipped.model_copy(update={"phrases": plain}) == Settings(home=ROOT)
    assert write_settings("") == Settings(home=write_settings("").home)


def test_dials_lie_over_the_file(write_settings):
    settings = write_settings("count = 9", **{"count": 3, "pictures.minutes": 0.5})
    assert (settings.count, settings.pictures.minutes) == (3, 0.5)


def test_values_are_read(write_settings):
    settings = write_settings('date = 2027-02-03\n[pictures]\nfrom = "scratch"\nminutes = 1')
    assert settings.date == datetime.date(2027, 2, 3)
    assert settings.pictures.start == "scratch"
    assert settings.pictures.minutes == 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[site]\nbase_url = "https://x.example/\\u0000"', "it must be empty, or an address"),
        ('[site]\nbase_url = "https://x.example/\\u0007"', "it must be empty, or an address"),
        ("[pictures]\nsiez = 3", "unknown setting pictures.siez; did you mean size?"),
        ("zzz = 1", "unknown setting zzz; known here: author, captioner, count"),
        ("[sound]\nengine = 'voice'", "unknown setting sound; did you mean sounds?"),
        ("count = 'x'", "count = 'x' will not do; it must be a valid integer"),
        ("count = true", "count = True will not do"),
        ("count = 0", "count = 0 will not do; it must be greater than or equal to 1"),
        ("[pictures]\nsize = 65", "pictures.size = 65 will not do; it must be a multiple of 16"),
        ("[pictures]\nrecipe = 'flwo'", "it must be 'flow' or 'ddpm'"),
        ("[pictures]\nminutes = nan", "pictures.minutes = nan will not do"),
        ("[site]\nbase_url = 'ftp://x'", "it must be empty, or an address that begins with http"),
        ("[site]\nbase_url = 'https://[::1'", "it must be empty, or an address that begins with"),
        ("[site]\nbase_url = 'https://x.example/a?b'", "has no ?, # or password"),
        ("[site]\nbase_url = 'https://x.example/#b'", "has no ?, # or password"),
        ("[site]\nbase_url = 'https://me@x.example'", "has no ?, # or password"),
        ("pictures = 3", "pictures = 3 will not do; it must be a table: [pictures]"),
        ("language = '1'", "language = '1' will not do; it must be a name of 2 to 24 letters"),
        ("title = ''", "title = '' will not do"),
        ("author = 'sk-abcdefghijklmnopqrstuv'", "looks like a secret key"),
        ("home = '/'", "unknown setting home"),
        ("count = ", "not valid TOML"),
        ("date = 'soon'", "date = 'soon' will not do"),
        ("author = " + "[" * 50_000, "is nested too deeply; make it flatter"),
        ("author = " + "{a=" * 50_000, "is nested too deeply; make it flatter"),
        ("a" + ".a" * 100_000 + " = 1", "is nested too deeply; make it flatter"),
        ("[" + "'.'." * 50_000 + "a]", "is nested too deeply; make it flatter"),
        ("\n".join("a" + f".a{n}" * 60 + " = 1" for n in range(700)), "unknown setting a; known"),
        ("[site]\nwords" + ".a" * 200 + " = 1", "site.words.a = … will not do"),
        ("seed = " + "1" * 5000, "holds a number of too many digits"),
        (f"author = '{'a' * 200_000}'", "author = 'aaaa"),
        (f"{'a' * 200_000} = 1", "unknown setting aaaa"),
        (f"author = '{'a' * 300_000}'", "is longer than 262,144 bytes; shorten it"),
    ],
)
def test_a_fault_is_one_line_with_key_value_and_what_is_allowed(write_settings, text, said):
    with pytest.raises(Refusal) as refusal:
        write_settings(text)
    assert said in str(refusal.value)
    assert "jungle.toml" in str(refusal.value)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 700


def test_a_secret_is_not_repeated(write_settings):
    with pytest.raises(Refusal) as refusal:
        write_settings("author = 'hf_abcdefghijklmnopqrstuv'")
    assert "abcdefgh" not in str(refusal.value)


SECRETS = [
    "ghp_" + "Ab1" * 12,
    "ghs_" + "Ab1" * 12,
    "github_pat_11ABCDEFG0" + "a_B" * 20,
    "glpat-" + "aB3_" * 5,
    "npm_" + "Ab1" * 12,
    "xoxb-123456789012-abcdef",
    "xapp-1-A0123456789-abc",
    "xai-" + "Ab1" * 20,
    "nvapi-" + "aB3_" * 15,
    "r8_" + "Ab1" * 12,
    "pypi-AgEI" + "aB3_" * 20,
    "sk_live_" + "Ab1" * 8,
    "rk_live_" + "Ab1" * 8,
    "dop_v1_" + "0a" * 32,
    "SG." + "aB3_" * 5 + "." + "aB3_" * 10,
    "ya29." + "aB3_" * 12,
    "AKIA" + "Q7" * 8,
    "AIza" + "aB3_-" * 7,
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "https://me:word@x.example",
    "postgres://:word@localhost/jungle",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_keys_of_every_kind_are_refused_and_not_repeated(write_settings, secret):
    for text, dials in (
        (f"author = 'by {secret} and me'", {}),
        (f"# {secret}\n[phrases]\nbase_url = '{secret}'", {}),
        ("", {"site.base_url": secret}),
    ):
        with pytest.raises(Refusal, match="looks like a secret key or a password") as refusal:
            write_settings(text, **dials)
        assert secret not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "ghp_short",
        "SG.A. and r8_short, sk_live_music, pypi-server-and-its-friends",
        "a taxi-ride-and-more-of-xai-short",
        "a task-force of all; https://x.example/a:b@c",
        "AKIA" + "Q7" * 30,
        "https://x.example:8080/@ada",
        "see https://x.example: write to ada@x.example",
    ],
)
def test_what_only_resembles_a_key_passes(write_settings, text):
    assert write_settings(f'author = "{text}"').author == text


def test_a_missing_or_binary_file_is_named(tmp_path):
    with pytest.raises(Refusal, match="no such file"):
        read_settings(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "jungle.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal, match="not UTF-8"):
        read_settings(tmp_path)


def test_the_classic_recipe_left_alone_runs_to_its_own_end(write_settings):
    classic = write_settings('[pictures]\nrecipe = "ddpm"').pictures
    assert (classic.minutes, classic.steps) == (None, 1000)
    limited = write_settings('[pictures]\nrecipe = "ddpm"\nminutes = 4.0\nsteps = 50').pictures
    assert (limited.minutes, limited.steps) == (4.0, 50)
    dialled = write_settings('[pictures]\nrecipe = "ddpm"', **{"pictures.minutes": 1.0})
    assert dialled.pictures.minutes == 1.0
