"""Replace a branch only if it holds nothing but what was published before; keep what else it held.

A commit is known as ours by a line of its message.
"""

import subprocess
from pathlib import Path

from generate.errors import Refusal

MARK = "Published-by: postcards-from-my-jungle"
MESSAGE = f"Publish\n\n{MARK}\n"


def git(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git in ``home``."""
    return subprocess.run(
        ["git", *arguments], cwd=home, capture_output=True, text=True, check=False
    )


def clear_branch(home: Path, remote: str, address: str, branch: str, tip: str, force: bool) -> None:
    """Make ready to replace ``branch`` here and at ``remote``, where its last commit is ``tip``.

    ``address`` is the remote's, which may hold a password and is not shown. Raises `Refusal` if the
    branch is checked out, or holds commits that publishing did not make; with ``force`` these are
    kept under refs/replaced/, and a line says so.
    """
    worktrees = git(home, "worktree", "list", "--porcelain").stdout.splitlines()
    if f"branch refs/heads/{branch}" in worktrees and not force:
        raise Refusal(
            f"publish: the branch {branch} is checked out; switch to another, since its history "
            "would be replaced (FORCE=1 replaces it all the same, and keeps a copy)"
        )
    if tip and git(home, "cat-file", "-e", f"{tip}^{{commit}}").returncode:
        git(home, "fetch", "--quiet", "--no-tags", address, f"refs/heads/{branch}")
    here = git(home, "rev-parse", "--quiet", "--verify", f"refs/heads/{branch}").stdout.strip()
    for place, commit in ((remote, tip), ("this repository", here)):
        if not commit or not (foreign := count_foreign(home, commit)):
            continue
        last = git(home, "log", "-1", "--format=%cs, %s", commit).stdout.strip()
        commits = f"{foreign} commit{'s' * (foreign != 1)}"
        told = f"{commits} that make publish did not make (the last: {last})"
        if not force:
            raise Refusal(
                f"publish: the branch {branch} of {place} holds {told}; they would be lost: move "
                "them to another branch (FORCE=1 replaces them, and keeps a copy)"
            )
        kept = f"refs/replaced/{branch}-{commit[:12]}"
        git(home, "update-ref", kept, commit)
        print(f"{'publish':<9} {branch} of {place} held {told}; kept as {kept}", flush=True)
    git(home, "update-ref", "-d", f"refs/heads/{branch}")


def count_foreign(home: Path, commit: str) -> int:
    """How many commits up to ``commit`` were not made by publishing; 1 if git cannot tell.

    A host that writes the site's domain into CNAME is no stranger: publishing keeps that file.
    """
    asked = ("--count", "--fixed-strings", "--invert-grep", f"--grep={MARK}", commit)
    counted = git(home, "rev-list", *asked, "--", ".", ":(exclude)CNAME")
    return int(counted.stdout) if counted.returncode == 0 else 1
