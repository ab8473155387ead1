"""Put site/ on GitHub Pages: check it, then push it to the branch gh-pages with ghp-import."""

import shutil
from pathlib import Path

from generate.errors import Refusal
from generate.gallery.incremental.outputs import walk_site
from generate.gallery.publishing.address import settle_address
from generate.gallery.publishing.audit import require_fit
from generate.gallery.publishing.branch import find_branch, git
from generate.gallery.publishing.domain import check_domain
from generate.gallery.site.render import render_site
from generate.settings import Settings

BRANCH = "gh-pages"


def publish_site(
    settings: Settings, branch: str = BRANCH, force: bool = False, keep_going: bool = False
) -> None:
    """Push site/ to ``branch`` of the repository's remote, in place of what was published before.

    Where the settings name no address and the remote or a CNAME tells it, the site is rendered for
    that address first, since shared links have pictures only then; ``keep_going`` is for that.
    Raises `Refusal` if git, a repository, a remote or a committer's name is missing, if the audit
    finds errors, if the branch holds what publishing did not make (with ``force`` that is kept
    aside instead), or with git's message if the push fails.
    """
    remote = find_remote(settings.home)
    target = find_branch(settings.home, remote, branch)
    domain = target.read_domain()
    settings = address_site(settings, remote, domain, keep_going)
    audit = require_fit(settings)
    for warning in audit.warnings:
        print(f"{'publish':<9} {warning}", flush=True)
    staged = settings.work / "publish"
    shutil.rmtree(staged, ignore_errors=True)
    try:
        copy_site(settings.home / "site", staged)
        ours = staged / "CNAME"
        if domain and ours.exists() and ours.read_text("utf-8", "replace").strip() != domain:
            print(f"{'publish':<9} {branch}'s CNAME said {domain}; content/static's replaces it")
        if domain and not ours.exists():
            (staged / "CNAME").write_text(domain + "\n", encoding="utf-8")
            print(f"{'publish':<9} keeps {branch}'s CNAME, {domain}", flush=True)
            if fault := check_domain(domain, settings.site.base_url):
                print(f"{'publish':<9} {fault}", flush=True)
        target.clear(force)
        target.replace(staged.resolve())
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    print(f"{'publish':<9} {audit.files} files are on {remote}, branch {branch}", flush=True)


def address_site(settings: Settings, remote: str, domain: str, keep_going: bool) -> Settings:
    """``settings`` with the address of the site, which is rendered for it if it is a new one."""
    settled = settle_address(settings, remote, domain)
    # A site that was never built is the audit's to tell.
    if settled is not settings and (settings.home / "site" / "index.html").is_file():
        address = settled.site.base_url
        if address:
            print(f"{'publish':<9} the site's address will be {address}", flush=True)
            render_site(settled, keep_going=keep_going)
    return settled


def copy_site(site: Path, staged: Path) -> None:
    """Copy ``site`` without hidden files at its top, such as .gitignore, which are not the site's.

    ``.well-known`` is: the site holds it if content/static/ does.
    """
    staged.mkdir(parents=True)
    for name, _ in walk_site(site):
        (staged / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(site / name, staged / name)


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
