"""Check the CNAME, which tells a host under which domain it is to show the site."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from generate.settings import Settings

DOMAIN = re.compile(r"(?!-)[\w-]+(\.[\w-]+)+")


def check_domain(domain: str, base_url: str) -> str | None:
    """What is wrong if a host shows the site under ``domain``, the text of a CNAME."""
    if not DOMAIN.fullmatch(domain):
        shown = " ".join(domain.split())[:80] or "nothing"
        return f"CNAME says {shown}, but must hold one domain alone, such as jungle.example"
    base = urlsplit(base_url)
    if not base_url or (spell(base.netloc) == spell(domain) and not base.path):
        return None
    return (
        f"CNAME says {domain}, but site.base_url is {base_url}: the 404 page, the sitemap, feeds "
        f'and shared links lead there; set base_url = "https://{domain}", or remove the CNAME'
    )


def spell(domain: str) -> str:
    """A domain as DNS holds it: "dschungel-für-alle.example" is "xn--dschungel-fr-alle-…"."""
    try:
        return domain.casefold().encode("idna").decode("ascii")
    except UnicodeError:  # a label too long, or empty
        return domain.casefold()


def list_misplaced(settings: Settings) -> Iterator[str]:
    """A line for each CNAME that a person put where no host reads it."""
    static = settings.content / "static"
    for folder in (settings.home, settings.content, static):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name.upper() == "CNAME" and path != static / "CNAME" and path.is_file():
                yield f"{path} is not read by the host: move it to {static / 'CNAME'}"
