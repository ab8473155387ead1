"""Put site/ on GitHub Pages: check it, then push it to the branch gh-pages with ghp-import."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from generate.errors import Refusal
from generate.gallery.incremental.outputs import walk_site
from generate.gallery.publishing.audit import check_domain, require_fit
from generate.gallery.publishing.branch import MESSAGE, clear_branch, git
from generate.settings import Settings

BRANCH = "gh-pages"


def publish_site(settings: Settings, branch: str = BRANCH, force: bool = False) -> None:
    """Push site/ to ``branch`` of the repository's remote, in place of what was published before.

    Raises `Refusal` if git, a repository, a remote or a committer's name is missing, if the audit
    finds errors, if the branch holds what publishing did not make (with ``force`` that is kept
    aside instead), or with git's message if the push fails.
    """
    remote = find_remote(settings.home)
    audit = require_fit(settings)
    for warning in audit.warnings:
        print(f"{'publish':<9} {warning}", flush=True)
    staged = settings.work / "publish"
    shutil.rmtree(staged, ignore_errors=True)
    domain = read_domain(settings.home, remote, branch)
    try:
        copy_site(settings.home / "site", staged)
        if domain and not (staged / "CNAME").exists():
            (staged / "CNAME").write_text(domain + "\n", encoding="utf-8")
            print(f"{'publish':<9} keeps {branch}'s CNAME, {domain}", flush=True)
            if fault := check_domain(domain, settings.site.base_url):
                print(f"{'publish':<9} {fault}", flush=True)
        push(settings.home, staged.resolve(), remote, branch, force)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    print(f"{'publish':<9} {audit.files} files are on {remote}, branch {branch}", flush=True)


def copy_site(site: Path, staged: Path) -> None:
    """Copy ``site`` without hidden files at its top, such as .gitignore, which are not the site's.

    ``.well-known`` is: the site holds it if content/static/ does.
    """
    staged.mkdir(parents=True)
    for name, _ in walk_site(site):
        (staged / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(site / name, staged / name)


def read_domain(home: Path, remote: str, branch: str) -> str:
    """The domain in the CNAME of ``remote``'s ``branch``, "" if there is none.

    GitHub writes it there when its owner sets a domain in the repository's settings. `Refusal` if
    the remote does not answer.
    """
    found = git(home, "ls-remote", remote, f"refs/heads/{branch}")
    if not found.returncode and found.stdout.strip():
        # A whole fetch: a shallow one could cut the history of a clone that is not shallow.
        found = git(home, "fetch", "--no-tags", remote, f"refs/heads/{branch}")
        if not found.returncode:
            return git(home, "show", "FETCH_HEAD:CNAME").stdout.strip()
    if found.returncode:
        raise Refusal(f"publish: git could not push to {remote}: {find_reason(found.stderr)}")
    return ""


def find_remote(home: Path) -> str:
    """The remote to push to: origin, or the only one there is."""
    if shutil.which("git") is None:
        raise Refusal("publish: git is not installed; install it first")
    if git(home, "rev-parse", "--git-dir").returncode:
        raise Refusal(f"{home}: is not in a git repository; run git init, then git remote add")
    remotes = git(home, "remote").stdout.split()
    if not remotes or (len(remotes) > 1 and "origin" not in remotes):
        raise Refusal(
            f"{home}: has no remote called origin; "
            "run git remote add origin with the address of your repository"
        )
    if git(home, "var", "GIT_COMMITTER_IDENT").returncode:
        raise Refusal(
            "publish: git does not know you; run git config --global user.name and user.email"
        )
    return "origin" if "origin" in remotes else remotes[0]


def push(home: Path, folder: Path, remote: str, branch: str, force: bool) -> None:
    """Commit ``folder`` to ``branch`` with ghp-import and push it, if nobody else did meanwhile."""

    def require(done: subprocess.CompletedProcess[str]) -> str:
        if done.returncode:
            raise Refusal(f"publish: git could not push to {remote}: {find_reason(done.stderr)}")
        return done.stdout

    name = f"refs/heads/{branch}"
    address = require(git(home, "remote", "get-url", "--push", remote)).strip()
    tip = require(git(home, "ls-remote", address, name)).partition("\t")[0]
    clear_branch(home, remote, address, branch, tip, force)
    options = ["--no-jekyll", "--no-history", "--remote", remote, "--branch", branch]
    command = [sys.executable, "-m", "ghp_import", *options, "--message", MESSAGE, str(folder)]
    require(subprocess.run(command, cwd=home, capture_output=True, text=True, check=False))
    require(git(home, "push", f"--force-with-lease={name}:{tip}", remote, f"{name}:{name}"))


def find_reason(output: str) -> str:
    """The line of git's output that says what failed, without passwords in addresses."""
    lines = [
        line for line in output.splitlines() if line.startswith(("fatal:", "error:", "remote:"))
    ]
    lines = lines or output.strip().splitlines()[-1:] or ["no reason given"]
    return re.sub(r"://[^/@\s]+@", "://", lines[0])
