"""What must not be published is found, by name and place; a good site passes."""

import os
from pathlib import Path

import pytest

from generate.errors import Refusal
from generate.gallery.publishing import audit as module
from generate.gallery.publishing.audit import audit_site, find_in_css, require_fit
from generate.gallery.site.render import render_site
from generate.settings import Settings, read_settings
from tests.bundles import make_bundle, make_jungle

BASE = "https://ada.example/my-jungle"


def make_site(home: Path, base_url: str = "", **files: str) -> Settings:
    """A site of hand-written files; "__" in a name stands for a dot."""
    (home / "content").mkdir(parents=True, exist_ok=True)
    (home / "content" / "jungle.toml").write_text(f'[site]\nbase_url = "{base_url}"\n')
    site = home / "site"
    (site / "cards").mkdir(parents=True, exist_ok=True)
    (site / "index.html").write_text("<title>x</title>")
    for name, text in files.items():
        (site / name.replace("__", ".")).write_text(text)
    return read_settings(home)


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="missing.html">x</a>',
        '<a href="index.html#nowhere">x</a>',
        '<a href="../outside.html">x</a>',
        '<a href="/index.html">x</a>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="cards/">x</a>',
        '<img src="index.html">',
        '<img src="https://elsewhere.example/a.png" alt="">',
        '<img srcset="index.html 1x, gone.png 2x" alt="">',
        '<script src="//cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="https://fonts.example/css">',
        '<link rel="icon" href="none.ico">',
        '<p style="background: url(https://elsewhere.example/a.png)">x</p>',
        '<video poster="gone.jpg"></video>',
        "sk-abcdefghijklmnopqrst",
        "hf_abcdefghijklmnopqrst",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "github_pat_11ABCDEFG0abcdefghijklmnop",
        "clone git+https://ada:word@example.org/x.git",
    ],
)
def test_faults_of_a_page_are_named(tmp_path: Path, markup: str) -> None:
    settings = make_site(tmp_path, page__html=markup)
    audit = audit_site(settings)
    assert len(audit.errors) == 1 and audit.errors[0].startswith("page.html: ")
    with pytest.raises(Refusal, match=r"not fit to publish: page\.html"):
        require_fit(settings)


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="https://elsewhere.example/">x</a>',
        '<a href="#here" id="here">x</a> <a href="">x</a> <a href="?x=1">x</a>',
        '<a href="index.html?a=b#m=aGVsbG8">x</a>',
        '<a href="./">x</a> <a href="mailto:a@b.example">x</a>',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">',
        f'<link rel="canonical" href="{BASE}/page.html">',
        f'<link rel="icon" href="{BASE}/index.html">',
        "<p>A task-force of all, and sk-8 boards</p>",
    ],
)
def test_what_is_right_passes(tmp_path: Path, markup: str) -> None:
    assert audit_site(make_site(tmp_path, BASE, page__html=markup)).errors == []


def test_addresses_of_the_site_itself_are_followed(tmp_path: Path) -> None:
    markup = f'<link rel="icon" href="{BASE}/gone.ico">'
    assert "leads nowhere" in audit_site(make_site(tmp_path, BASE, page__html=markup)).errors[0]


def test_the_page_for_lost_visitors_has_full_paths(tmp_path: Path) -> None:
    settings = make_site(tmp_path, BASE, **{"404__html": '<a href="/my-jungle/index.html">x</a>'})
    assert audit_site(settings).errors == []
    settings = make_site(tmp_path, BASE, **{"404__html": '<a href="/index.html">x</a>'})
    assert "does not begin with /my-jungle/" in audit_site(settings).errors[0]


def test_encoded_names_are_found(tmp_path: Path) -> None:
    name = "à la #1 50%.html"
    markup = '<a href="%C3%A0%20la%20%231%2050%25.html">x</a>'
    settings = make_site(tmp_path, page__html=markup)
    (tmp_path / "site" / name).write_text("<p>x</p>")
    assert audit_site(settings).errors == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a__css", "p { background: url('/x.png') }"),
        ("a__css", "@import 'https://fonts.example/x.css';"),
        ("a__css", "p { background: url(gone.png) }"),
        ("a__js", 'fetch("https://elsewhere.example/x")'),
        ("data__json", '{"key": "sk-abcdefghijklmnopqrst"}'),
        ("deploy__yml", "token: ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
        ("server__pem", "-----BEGIN RSA PRIVATE KEY-----"),
        ("TABLE__CSV", "me,https://ada:word@example.org/x.git"),
    ],
)
def test_faults_of_other_files_are_named(tmp_path: Path, name: str, text: str) -> None:
    audit = audit_site(make_site(tmp_path, **{name: text}))
    assert len(audit.errors) == 1 and audit.errors[0].startswith(name.replace("__", "."))


def test_folders_of_this_machine_are_found(tmp_path: Path) -> None:
    audit = audit_site(make_site(tmp_path, page__html=f"<p>{tmp_path.resolve()}/content</p>"))
    assert "names a folder of this machine" in audit.errors[0]


@pytest.mark.parametrize("key", ["OPENAI_API_KEY", "HF_TOKEN", "JUNGLE_KEY"])
def test_secrets_of_the_environment_are_found_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv(key, "correct horse battery")
    settings = make_site(tmp_path)
    (tmp_path / "site" / "a.mp3").write_bytes(b"\xff\xfbID3 correct horse battery")
    audit = audit_site(settings)
    assert audit.errors == [f"a.mp3: holds the value of {key}"]


def test_links_on_disk_and_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_site(tmp_path, big__txt="x" * 2000)
    os.symlink(tmp_path / "site" / "index.html", tmp_path / "site" / "link.html")
    monkeypatch.setattr(module, "FILE_LIMIT", 1000)
    monkeypatch.setattr(module, "LIMIT", 1500)
    audit = audit_site(settings)
    assert any("link.html: is a link" in line for line in audit.errors)
    assert any("big.txt: is larger" in line for line in audit.errors)
    assert any("1 GB" in line for line in audit.warnings)


def test_a_missing_site_is_said_so(tmp_path: Path) -> None:
    settings = make_site(tmp_path)
    (tmp_path / "site" / "index.html").unlink()
    with pytest.raises(Refusal, match="run make build first"):
        require_fit(settings)


@pytest.mark.parametrize("base_url", ["", BASE])
def test_a_rendered_site_has_no_faults(tmp_path: Path, base_url: str) -> None:
    toml = f'title = "T"\ncount = 3\n[site]\nper_page = 2\nbase_url = "{base_url}"\n'
    settings = make_jungle(tmp_path, 3, toml, size=24, frames=3, seconds=0.2)
    make_bundle(settings.bundles / "à la #1 50% & co", None, 24, 3, 0.2)
    render_site(settings)
    audit = audit_site(settings)
    assert audit.errors == []
    assert bool(audit.warnings) == (not base_url)


def test_a_drawing_in_a_style_sheet_is_one_address() -> None:
    drawing = "data:image/svg+xml,<rect filter='url(%23n)'/>"
    text = f"a {{ background: url(\"{drawing}\") }} b {{ background: URL( 'x.png' ), url(y.png) }}"
    assert find_in_css(text) == [drawing, "x.png", "y.png"]


@pytest.mark.parametrize(
    ("base_url", "told"),
    [
        ("https://ada.github.io/jungle", True),
        ("https://jungle.example/below", True),
        ("https://Jungle.example/", False),
        ("https://jungle.example/index.html", False),
    ],
)
def test_a_domain_beside_another_address_is_told(tmp_path: Path, base_url: str, told: bool) -> None:
    settings = make_jungle(
        tmp_path, 1, f'count = 1\n[site]\nbase_url = "{base_url}"\n', size=24, frames=0, seconds=0
    )
    (settings.content / "static").mkdir()
    (settings.content / "static" / "CNAME").write_text("jungle.example\n")
    render_site(settings)
    audit = audit_site(settings)
    assert audit.errors == []
    assert ['set base_url = "https://jungle.example"' in line for line in audit.warnings] == (
        [True] if told else []
    )


def test_hidden_files_that_are_not_published_are_told(tmp_path: Path) -> None:
    settings = make_jungle(tmp_path, 1, size=24, frames=0, seconds=0)
    static = settings.content / "static"
    (static / ".well-known").mkdir(parents=True)
    (static / ".well-known" / "x").write_text("x")
    (static / ".htaccess").write_text("x")
    (static / ".DS_Store").write_text("x")
    render_site(settings)
    told = [line for line in audit_site(settings).warnings if "hidden" in line]
    assert len(told) == 1 and ".htaccess is hidden and not published" in told[0]
