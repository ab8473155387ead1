"""Publishing pushes the site, and only the site, to a branch; what is missing is said clearly."""

import os
import subprocess
from pathlib import Path

import pytest

from generate.errors import Refusal
from generate.gallery.publishing.publish import find_reason, publish_site
from generate.gallery.site.render import render_site
from generate.settings import Settings, read_settings
from tests.bundles import make_jungle


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git without this machine's configuration."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    for name in [name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        monkeypatch.delenv(name)
    (tmp_path / "gitconfig").write_text(
        "[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n"
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    jungle = make_jungle(tmp_path / "jungle", 2, size=24, frames=0, seconds=0.1)
    (jungle.content / "static").mkdir()
    (jungle.content / "static" / "CNAME").write_text("jungle.example\n")
    render_site(jungle)
    return jungle


def git(folder: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def make_remote(settings: Settings) -> Path:
    remote = settings.home.parent / "remote.git"
    git(settings.home.parent, "init", "--bare", str(remote))
    git(settings.home, "init")
    git(settings.home, "remote", "add", "origin", str(remote))
    return remote


def test_the_branch_holds_the_site(settings: Settings) -> None:
    remote = make_remote(settings)
    publish_site(settings)
    published = set(git(remote, "ls-tree", "-r", "--name-only", "gh-pages").split("\n")) - {""}
    site = settings.home / "site"
    files = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    assert published == files - {".gitignore"} | {".nojekyll"}
    shown = git(remote, "show", "gh-pages:index.html")
    assert shown == (site / "index.html").read_text()
    assert git(remote, "show", "gh-pages:CNAME") == "jungle.example\n"


def test_publishing_again_follows_the_site(settings: Settings) -> None:
    remote = make_remote(settings)
    publish_site(settings)
    (settings.home / "content" / "pages" / "about.md").write_text("# New words\n")
    render_site(settings)
    publish_site(settings)
    assert "New words" in git(remote, "show", "gh-pages:about.html")
    assert git(remote, "rev-list", "--count", "gh-pages").strip() == "1"
    assert not (settings.work / "publish").exists()


def test_no_repository(settings: Settings) -> None:
    with pytest.raises(Refusal, match="not in a git repository"):
        publish_site(settings)


def test_no_remote(settings: Settings) -> None:
    git(settings.home, "init")
    with pytest.raises(Refusal, match="no remote called origin"):
        publish_site(settings)


def test_no_git(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refusal, match="git is not installed"):
        publish_site(settings)


def test_no_name(settings: Settings, tmp_path: Path) -> None:
    make_remote(settings)
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    with pytest.raises(Refusal, match=r"user\.name"):
        publish_site(settings)


def test_a_push_that_fails(settings: Settings) -> None:
    make_remote(settings)
    git(settings.home, "remote", "set-url", "origin", str(settings.home / "gone.git"))
    with pytest.raises(Refusal, match="could not push to origin: fatal"):
        publish_site(settings)


def test_a_site_with_faults_is_not_pushed(settings: Settings) -> None:
    remote = make_remote(settings)
    (settings.home / "site" / "more.html").write_text('<a href="gone.html">x</a>')
    with pytest.raises(Refusal, match=r"not fit to publish: more\.html: gone\.html leads nowhere"):
        publish_site(settings)
    assert git(remote, "branch", "--list") == ""


def test_passwords_in_addresses_are_not_shown() -> None:
    said = "To nowhere\nfatal: unable to access 'https://ada:secret@example.org/x.git/': gone\n"
    assert find_reason(said) == "fatal: unable to access 'https://example.org/x.git/': gone"


def test_a_domain_that_the_host_wrote_is_kept(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (settings.content / "static" / "CNAME").unlink()
    render_site(settings)
    remote = make_remote(settings)
    publish_site(settings)
    elsewhere = tmp_path / "elsewhere"  # the host's settings page commits to the branch
    git(tmp_path, "clone", "--branch", "gh-pages", str(remote), str(elsewhere))
    (elsewhere / "CNAME").write_text("www.jungle.example\n")
    git(elsewhere, "add", "CNAME")
    git(elsewhere, "commit", "-m", "Create CNAME")
    git(elsewhere, "push")
    for _ in range(2):
        publish_site(settings)
        assert git(remote, "show", "gh-pages:CNAME") == "www.jungle.example\n"
        assert git(remote, "rev-list", "--count", "gh-pages").strip() == "1"
        assert "keeps gh-pages's CNAME, www.jungle.example" in capsys.readouterr().out
    # A person's own wins.
    (settings.content / "static" / "CNAME").write_text("jungle.example\n")
    render_site(settings)
    publish_site(settings)
    assert git(remote, "show", "gh-pages:CNAME") == "jungle.example\n"


@pytest.mark.parametrize("how", [["--depth", "1"], ["--single-branch"], ["--no-single-branch"]])
def test_every_kind_of_clone_publishes_one_commit(
    settings: Settings, tmp_path: Path, how: list[str]
) -> None:
    remote = make_remote(settings)
    git(settings.home, "add", "content")
    for number in range(3):
        git(settings.home, "commit", "--allow-empty", "-m", f"Number {number}")
    git(settings.home, "push", "origin", "main")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", *how, "--branch", "main", remote.as_uri(), str(clone))
    history = git(clone, "rev-list", "--count", "HEAD")
    cloned = read_settings(clone)
    for number in range(3):
        (clone / "content" / "pages" / "about.md").write_text(f"# Words {number}\n")
        render_site(cloned)
        publish_site(cloned)
        assert f"Words {number}" in git(remote, "show", "gh-pages:about.html")
        assert git(remote, "rev-list", "--count", "gh-pages").strip() == "1"
    assert git(clone, "rev-list", "--count", "HEAD") == history
    # A publication from elsewhere does not bring its history back.
    publish_site(settings)
    publish_site(cloned)
    assert git(remote, "rev-list", "--count", "gh-pages").strip() == "1"


def test_well_known_files_are_published(settings: Settings) -> None:
    static = settings.content / "static"
    (static / ".well-known" / "pki").mkdir(parents=True)
    (static / ".well-known" / "security.txt").write_text("Contact: mailto:ada@example.org\n")
    (static / ".well-known" / "pki" / "key").write_text("abc")
    (static / ".htaccess").write_text("Deny from all")
    render_site(settings)
    remote = make_remote(settings)
    publish_site(settings)
    shown = git(remote, "show", "gh-pages:.well-known/security.txt")
    assert shown == "Contact: mailto:ada@example.org\n"
    assert git(remote, "show", "gh-pages:.well-known/pki/key") == "abc"
    names = git(remote, "ls-tree", "-r", "--name-only", "gh-pages").split("\n")
    assert ".nojekyll" in names and not {".htaccess", ".gitignore"} & set(names)
    assert render_site(settings).fresh
    (static / ".well-known" / "pki" / "key").unlink()
    assert render_site(settings).removed == (".well-known/pki/key",)
    assert not (settings.home / "site" / ".well-known" / "pki").exists()
    assert (settings.home / "site" / ".gitignore").exists()
