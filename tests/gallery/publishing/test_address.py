"""The site's address is told by the remote or the domain, and shared links have their pictures."""

import re
from pathlib import Path

import pytest

from generate import __main__ as command
from generate.gallery.publishing.address import derive_address
from generate.gallery.publishing.publish import publish_site
from generate.gallery.site.render import render_site
from generate.settings import Settings
from tests.bundles import make_jungle
from tests.gallery.publishing.test_publish import alone, git  # noqa: F401

FORMS = [
    "https://github.com/Ada/my-jungle",
    "https://github.com/Ada/my-jungle.git",
    "https://github.com/Ada/my-jungle/",
    "https://ada:secret@github.com/Ada/my-jungle.git",
    "git@github.com:Ada/my-jungle.git",
    "ssh://git@github.com/Ada/my-jungle.git",
    "ssh://git@ssh.github.com:443/Ada/my-jungle.git",
    "git://github.com/Ada/my-jungle.git",
    "http://www.github.com/Ada/my-jungle",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_repository_on_github_tells_the_address(form: str) -> None:
    assert derive_address([form], "") == "https://ada.github.io/my-jungle"


@pytest.mark.parametrize(
    ("remotes", "domain", "address"),
    [
        (["https://github.com/ada/Ada.github.io.git"], "", "https://ada.github.io"),
        (["git@github.com:ada/jungle.git"], "Jungle.example", "https://jungle.example"),
        (["git@github.com:ada/jungle.git"], "two words", ""),
        (["/srv/git/jungle.git"], "", ""),
        (["https://gitlab.com/ada/jungle"], "", ""),
        (["https://evil.example/github.com/ada/jungle"], "", ""),
        (["https://github.com.evil.example/ada/jungle"], "", ""),
        (["https://github.com/ada"], "", ""),
        (["https://github.com/ada/jungle/tree/main"], "", ""),
        (['https://github.com/ada/"><script>'], "", ""),
        (["", "/srv/mirror", "git@github.com:ada/j.g.git"], "", "https://ada.github.io/j.g"),
        ([], "", ""),
    ],
)
def test_what_else_tells_it_or_does_not(remotes: list[str], domain: str, address: str) -> None:
    assert derive_address(remotes, domain) == address


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    jungle = make_jungle(tmp_path / "jungle", 2, size=64, frames=0, seconds=0.1)
    render_site(jungle)
    return jungle


def make_github(settings: Settings) -> Path:
    """A remote that is called GitHub's and lies on this disk."""
    remote = settings.home.parent / "remote.git"
    git(settings.home.parent, "init", "--bare", str(remote))
    git(settings.home, "init")
    git(settings.home, "remote", "add", "origin", "git@github.com:Ada/jungle.git")
    git(settings.home, "config", f"url.{remote}.insteadOf", "git@github.com:Ada/jungle.git")
    return remote


def read_pictures(page: str) -> list[str]:
    return re.findall(r'<meta property="og:image" content="([^"]+)"', page)


def test_what_is_published_has_pictures_for_shared_links(settings, capsys) -> None:
    remote = make_github(settings)
    assert read_pictures((settings.home / "site" / "index.html").read_text()) == []
    publish_site(settings)
    files = git(remote, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
    for name in ("index.html", "cards/beast-001.html", "cards/beast-002.html"):
        (picture,) = read_pictures(git(remote, "show", f"gh-pages:{name}"))
        assert picture.startswith("https://ada.github.io/jungle/media/")
        assert picture.removeprefix("https://ada.github.io/jungle/") in files
    assert 'href="/jungle/assets/' in git(remote, "show", "gh-pages:404.html")
    told = capsys.readouterr().out
    assert "https://ada.github.io/jungle" in told and "base_url is not set" not in told


def test_a_domain_goes_before_the_repository(settings) -> None:
    remote = make_github(settings)
    (settings.content / "static").mkdir()
    (settings.content / "static" / "CNAME").write_text("jungle.example\n")
    render_site(settings)
    publish_site(settings)
    (picture,) = read_pictures(git(remote, "show", "gh-pages:index.html"))
    assert picture.startswith("https://jungle.example/media/")


def test_an_address_in_the_settings_stays(settings) -> None:
    remote = make_github(settings)
    site = settings.site.model_copy(update={"base_url": "https://other.example/x"})
    settings = settings.model_copy(update={"site": site})
    render_site(settings)
    publish_site(settings)
    (picture,) = read_pictures(git(remote, "show", "gh-pages:index.html"))
    assert picture.startswith("https://other.example/x/media/")


def test_a_site_that_was_never_built_is_not_built_by_publishing(settings, capsys) -> None:
    make_github(settings)
    (settings.home / "site" / "index.html").unlink()
    assert command.main(["--home", str(settings.home), "publish"]) == 1
    assert "run make build first" in capsys.readouterr().err
    assert not (settings.home / "site" / "index.html").exists()


def test_the_workflow_gives_the_address_by_itself(settings) -> None:
    """What pages.yml runs: SITE_URL as configure-pages tells it, and nothing in jungle.toml."""
    address = "https://ada.github.io/my-jungle"
    for stage in ("site", "audit"):
        assert command.main(["--home", str(settings.home), stage, "--site-url", address]) == 0
    for name in ("index.html", "cards/beast-001.html"):
        (picture,) = read_pictures((settings.home / "site" / name).read_text())
        found = settings.home / "site" / picture.removeprefix(address + "/")
        assert found.is_file() and found.suffix == ".jpg"
