"""Tell at which address GitHub Pages will show the site, from its domain or its repository."""

import re
from pathlib import Path

from generate.gallery.publishing.branch import git
from generate.gallery.publishing.domain import DOMAIN
from generate.settings import Settings

# https://github.com/ada/jungle, git@github.com:ada/jungle.git, ssh://git@ssh.github.com:443/…
GITHUB = re.compile(
    r"(?:[a-z+]+://)?(?:[^@/\s]+@)?(?:www\.|ssh\.)?github\.com(?::\d+(?=/))?[:/]+"
    r"([a-z\d][a-z\d-]*)/([\w.-]+?)(?:\.git)?/*",
    re.IGNORECASE | re.ASCII,
)


def settle_address(settings: Settings, remote: str, domain: str) -> Settings:
    """``settings`` with the site's address, where they name none and it can be told.

    ``domain`` is what the branch's CNAME says, "" if there is none; content/static's goes before.
    """
    if settings.site.base_url:
        return settings
    own = settings.content / "static" / "CNAME"
    domain = own.read_text("utf-8", "replace").strip() if own.is_file() else domain
    address = derive_address(list_remotes(settings.home, remote), domain)
    site = settings.site.model_copy(update={"base_url": address})
    return settings.model_copy(update={"site": site})


def derive_address(remotes: list[str], domain: str) -> str:
    """The address below ``domain``, else that of the first repository on GitHub, else ""."""
    if domain:
        return f"https://{domain.lower()}" if DOMAIN.fullmatch(domain) else ""
    for found in filter(None, map(GITHUB.fullmatch, remotes)):
        owner, name = found[1].lower(), found[2]
        host = f"{owner}.github.io"
        return f"https://{host}" if name.lower() == host else f"https://{host}/{name}"
    return ""


def list_remotes(home: Path, remote: str) -> list[str]:
    """The addresses of ``remote``: as git resolves them, and as its settings spell them."""
    asked = (
        ("remote", "get-url", "--push", remote),
        ("config", f"remote.{remote}.pushurl"),
        ("config", f"remote.{remote}.url"),
    )
    return [git(home, *words).stdout.strip() for words in asked]
