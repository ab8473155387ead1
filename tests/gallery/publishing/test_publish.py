"""Publishing pushes the site, and only the site, to a branch; what is missing is said clearly."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from generate import __main__ as command
from generate.errors import Refusal
from generate.gallery.publishing import publish
from generate.gallery.publishing.branch import FORCED, MARK, find_reason
from generate.gallery.publishing.publish import publish_site
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


def settle(settings: Settings) -> Settings:
    """With the address that the CNAME tells, so that publishing renders nothing anew."""
    site = settings.site.model_copy(update={"base_url": "https://jungle.example"})
    settled = settings.model_copy(update={"site": site})
    render_site(settled)
    return settled


def test_a_site_with_faults_is_not_pushed(settings: Settings) -> None:
    remote, settings = make_remote(settings), settle(settings)
    (settings.home / "site" / "more.html").write_text('<a href="gone.html">x</a>')
    with pytest.raises(Refusal, match=r"not fit to publish: more\.html: gone\.html leads nowhere"):
        publish_site(settings)
    assert git(remote, "branch", "--list") == ""


def test_a_host_that_lets_nobody_replace_the_branch(settings: Settings) -> None:
    remote = make_remote(settings)
    git(remote, "config", "receive.denyNonFastForwards", "true")
    publish_site(settings)
    commit(settings.home, "a change", "content/pages/new.md")
    render_site(settings)
    with pytest.raises(Refusal, match="allow force pushes of gh-pages there") as refusal:
        publish_site(settings)
    assert "denying non-fast-forward refs/heads/gh-pages)" in str(refusal.value)
    assert "pull" not in str(refusal.value) and "\n" not in str(refusal.value)
    git(remote, "config", "receive.denyNonFastForwards", "false")
    publish_site(settings)


@pytest.mark.parametrize(
    ("told", "forced"),
    [
        ("remote: error: GH006: Protected branch update failed for refs/heads/gh-pages.", True),
        ("remote: - Cannot force-push to this branch", True),
        ("remote: GitLab: You are not allowed to force push code to a protected branch.", True),
        ("remote: Gitea: branch gh-pages is protected from force push", True),
        (" ! [rejected] gh-pages -> gh-pages (stale info)", False),
        ("remote: Permission to ada/jungle.git denied to bob.", False),
        ("hint: non-fast-forward", False),
    ],
)
def test_how_hosts_say_that_no_branch_may_be_replaced(told: str, forced: bool) -> None:
    assert bool(FORCED.search(f"To https://host/x\n{told}\nerror: failed")) is forced


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
    settings = settle(settings)
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


def commit(folder: Path, text: str, name: str = "work.txt") -> str:
    (folder / name).write_text(text)
    git(folder, "add", name)
    git(folder, "commit", "-m", text)
    return git(folder, "rev-parse", "HEAD").strip()


def test_the_branch_that_is_checked_out_is_not_replaced(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = make_remote(settings)
    git(settings.home, "switch", "-c", "gh-pages")
    commit(settings.home, "the first year")
    last = commit(settings.home, "the second year")
    with pytest.raises(Refusal, match="gh-pages is checked out; switch to another") as refusal:
        publish_site(settings)
    assert "\n" not in str(refusal.value)
    assert git(settings.home, "rev-parse", "gh-pages").strip() == last
    assert git(remote, "branch", "--list") == ""
    publish_site(settings, force=True)
    said = capsys.readouterr().out
    assert "2 commits that make publish did not make" in said and "the second year" in said
    kept = f"refs/replaced/gh-pages-{last[:12]}"
    assert kept in said and git(settings.home, "rev-parse", kept).strip() == last
    assert git(settings.home, "log", "--format=%s", kept).split("\n")[1] == "the first year"
    assert (settings.home / "work.txt").read_text() == "the second year"


def test_a_branch_of_that_name_is_kept_that_was_never_pushed(settings: Settings) -> None:
    remote = make_remote(settings)
    commit(settings.home, "the source")
    git(settings.home, "switch", "-c", "gh-pages")
    last = commit(settings.home, "an unpublished draft")
    git(settings.home, "switch", "-")
    with pytest.raises(Refusal, match="gh-pages of this repository holds 2 commits"):
        publish_site(settings)
    assert git(settings.home, "rev-parse", "gh-pages").strip() == last
    assert git(remote, "branch", "--list") == ""


def test_a_branch_that_is_checked_out_beside_is_not_replaced(settings: Settings) -> None:
    make_remote(settings)
    commit(settings.home, "the source")
    git(settings.home, "worktree", "add", "-b", "gh-pages", str(settings.home.parent / "beside"))
    with pytest.raises(Refusal, match="is checked out"):
        publish_site(settings)


def push_another(settings: Settings, remote: Path, *texts: str) -> str:
    """Another project's commits on gh-pages, or somebody's on top of ours."""
    other = settings.home.parent / "other"
    if not other.exists():
        git(settings.home.parent, "clone", str(remote), str(other))
        git(other, "switch", "-C", "gh-pages", *ours(other))
    for text in texts:
        last = commit(other, text, "manual.html")
    git(other, "push", "origin", "gh-pages")
    return last


def ours(clone: Path) -> list[str]:
    return ["origin/gh-pages"] if git(clone, "branch", "--remotes").strip() else []


def test_another_projects_branch_is_not_replaced_unasked(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = make_remote(settings)
    last = push_another(settings, remote, "Our manual", "Our manual, mended")
    with pytest.raises(Refusal) as refusal:
        publish_site(settings)
    for said in ("2 commits", "did not make", "Our manual, mended", "would be lost", "FORCE=1"):
        assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert git(remote, "rev-parse", "gh-pages").strip() == last
    publish_site(settings, force=True)
    kept = f"refs/replaced/gh-pages-{last[:12]}"
    assert kept in capsys.readouterr().out
    git(settings.home, "push", "origin", f"+{kept}:refs/heads/gh-pages")
    assert git(remote, "show", "gh-pages:manual.html") == "Our manual, mended"


def test_a_commit_on_top_of_ours_is_not_replaced_unasked(settings: Settings) -> None:
    remote = make_remote(settings)
    publish_site(settings)
    last = push_another(settings, remote, "By hand")
    with pytest.raises(
        Refusal, match=r"of origin holds 1 commit that make publish did not make .*By hand"
    ):
        publish_site(settings)
    assert git(remote, "rev-parse", "gh-pages").strip() == last


def test_a_commit_that_only_speaks_of_ours_is_not_ours(settings: Settings) -> None:
    remote = make_remote(settings)
    last = push_another(settings, remote, f"Undo what {MARK} did")
    with pytest.raises(Refusal, match="holds 1 commit that make publish did not make"):
        publish_site(settings)
    assert git(remote, "rev-parse", "gh-pages").strip() == last


def test_another_clone_may_publish_what_this_one_did(settings: Settings) -> None:
    remote = make_remote(settings)
    publish_site(settings)
    first = git(remote, "rev-parse", "gh-pages")
    git(settings.home, "update-ref", "-d", "refs/heads/gh-pages")
    shutil.rmtree(settings.home / ".git")
    git(settings.home, "init")
    git(settings.home, "remote", "add", "origin", str(remote))
    (settings.content / "pages" / "about.md").write_text("# New words\n")
    render_site(settings)
    publish_site(settings)
    assert git(remote, "rev-parse", "gh-pages") != first
    assert git(remote, "rev-list", "--count", "gh-pages").strip() == "1"


def test_what_is_pushed_meanwhile_is_not_replaced(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = make_remote(settings)
    publish_site(settings)
    copy, pushed = publish.copy_site, []

    def copy_for_long(site: Path, staged: Path) -> None:
        copy(site, staged)
        pushed.append(push_another(settings, remote, "A moment later"))

    monkeypatch.setattr(publish, "copy_site", copy_for_long)
    with pytest.raises(Refusal, match="could not push to origin: error"):
        publish_site(settings)
    assert git(remote, "rev-parse", "gh-pages").strip() == pushed[0]


def test_the_command_line_forces_only_when_it_is_told(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = make_remote(settings)
    push_another(settings, remote, "Our manual")
    assert command.main(["--home", str(settings.home), "publish"]) == 1
    assert "did not make" in capsys.readouterr().err
    assert command.main(["--home", str(settings.home), "publish", "--force"]) == 0
    assert "kept as refs/replaced/" in capsys.readouterr().out
