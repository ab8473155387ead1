"""Replace a branch of a remote, if it holds nothing but what was published before.

A commit is known as ours by a line of its message; one that changes CNAME alone is the host's,
which writes there the domain that its owner sets. Whatever else is replaced is kept aside.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from generate.errors import Refusal

MARK = "Published-by: postcards-from-my-jungle"
MESSAGE = f"Publish\n\n{MARK}\n"
BUT_DOMAIN = ("--", ":(top)", ":(top,exclude)CNAME")


@dataclass(frozen=True)
class Branch:
    """The branch ``name`` of ``remote``, and of the repository in ``home``.

    ``tip`` is the remote's last commit, fetched, or "". ``address`` is where it is pushed to; it
    may hold a password, and is not shown.
    """

    home: Path
    remote: str
    address: str
    name: str
    tip: str

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.name}"

    def require(self, done: subprocess.CompletedProcess[str]) -> str:
        """What git printed; `Refusal` with its complaint if it failed."""
        if done.returncode:
            reason = find_reason(done.stderr)
            raise Refusal(f"publish: git could not push to {self.remote}: {reason}")
        return done.stdout

    def read_domain(self) -> str:
        """The domain in the branch's CNAME, "" if there is none."""
        return git(self.home, "show", f"{self.tip}:CNAME").stdout.strip() if self.tip else ""

    def clear(self, force: bool) -> None:
        """Make ready to replace the branch.

        Raises `Refusal` if it is checked out, or holds commits that publishing did not make; with
        ``force`` these are kept under refs/replaced/, and a line says so.
        """
        worktrees = git(self.home, "worktree", "list", "--porcelain").stdout.splitlines()
        if f"branch {self.ref}" in worktrees and not force:
            raise Refusal(
                f"publish: the branch {self.name} is checked out; switch to another, since its "
                "history would be replaced (FORCE=1 replaces it all the same, and keeps a copy)"
            )
        here = git(self.home, "rev-parse", "--quiet", "--verify", self.ref).stdout.strip()
        for place, commit in ((self.remote, self.tip), ("this repository", here)):
            if not commit or not (foreign := self.count_foreign(commit)):
                continue
            last = git(self.home, "log", "-1", "--format=%cs, %s", commit).stdout.strip()
            commits = f"{foreign} commit{'s' * (foreign != 1)}"
            told = f"{commits} that make publish did not make (the last: {last})"
            if not force:
                raise Refusal(
                    f"publish: the branch {self.name} of {place} holds {told}; they would be lost: "
                    "move them to another branch (FORCE=1 replaces them, and keeps a copy)"
                )
            kept = f"refs/replaced/{self.name}-{commit[:12]}"
            self.require(git(self.home, "update-ref", kept, commit))
            print(f"{'publish':<9} {self.name} of {place} held {told}; kept as {kept}", flush=True)

    def count_foreign(self, commit: str) -> int:
        """How many commits up to ``commit`` publishing did not make; 1 if git cannot tell."""
        line = f"--grep=^{MARK}$"
        asked = ("--count", "--full-history", "--basic-regexp", "--invert-grep", line)
        counted = git(self.home, "rev-list", *asked, commit, *BUT_DOMAIN)
        return int(counted.stdout) if counted.returncode == 0 else 1

    def replace(self, folder: Path) -> None:
        """Commit ``folder`` with ghp-import as the branch's only commit and push it.

        Raises `Refusal` if somebody else has pushed to it meanwhile.
        """
        # ghp-import itself forgets the last publication only in clones that track the remote's
        # branch; clones of a single branch, such as those made with --depth, do not.
        git(self.home, "update-ref", "-d", self.ref)
        options = ["--no-jekyll", "--no-history", "--remote", self.remote, "--branch", self.name]
        command = [sys.executable, "-m", "ghp_import", *options, "--message", MESSAGE, str(folder)]
        self.require(
            subprocess.run(command, cwd=self.home, capture_output=True, text=True, check=False)
        )
        lease = f"--force-with-lease={self.ref}:{self.tip}"
        pushed = git(self.home, "push", lease, self.remote, f"{self.ref}:{self.ref}")
        if pushed.returncode and (said := FORCED.search(pushed.stderr)):
            reason = find_reason(said[0]).replace(" (you should pull first)", "").strip()
            raise Refusal(
                f"publish: {self.remote} lets nobody replace its branch {self.name} ({reason}); a "
                f"publication is the branch's only commit, so allow force pushes of {self.name} "
                "there, under protected branches or rulesets"
            )
        self.require(pushed)


def find_branch(home: Path, remote: str, name: str) -> Branch:
    """The branch as it stands; `Refusal` if the remote does not answer."""
    branch = Branch(home, remote, "", name, "")
    address = branch.require(git(home, "remote", "get-url", "--push", remote)).strip()
    tip = branch.require(git(home, "ls-remote", address, branch.ref)).partition("\t")[0]
    if tip and git(home, "cat-file", "-e", f"{tip}^{{commit}}").returncode:
        # A whole fetch: a shallow one could cut the history of a clone that is not shallow.
        branch.require(git(home, "fetch", "--quiet", "--no-tags", address, branch.ref))
    return Branch(home, remote, address, name, tip)


# How hosts word it that a branch may not be replaced: git itself, GitHub, GitLab, Gitea, Bitbucket.
FORCED = re.compile(
    r"^remote:.*(denying non-fast-forward|force[- ]?push|protected branch|rewrit\w+ .{0,20}history)"
    r".*$",
    re.IGNORECASE | re.MULTILINE,
)


def git(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git in ``home``."""
    return subprocess.run(
        ["git", *arguments], cwd=home, capture_output=True, text=True, check=False
    )


def find_reason(output: str) -> str:
    """The line of git's output that says what failed, without passwords in addresses."""
    lines = [
        line for line in output.splitlines() if line.startswith(("fatal:", "error:", "remote:"))
    ]
    lines = lines or output.strip().splitlines()[-1:] or ["no reason given"]
    return re.sub(r"://[^/@\s]+@", "://", lines[0])
