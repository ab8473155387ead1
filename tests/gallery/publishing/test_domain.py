"""A CNAME as people write it, and where they put it."""

import subprocess

import pytest

from generate.gallery.publishing.domain import check_domain, list_misplaced
from generate.gallery.publishing.publish import publish_site
from generate.gallery.site.render import render_site
from generate.settings import Settings, read_settings
from tests.bundles import make_jungle

BASE = "https://jungle.example"


@pytest.mark.parametrize("domain", ["jungle.example", "Jungle.Example"])
def test_a_domain_that_fits(domain: str) -> None:
    assert check_domain(domain, BASE) is None


@pytest.mark.parametrize(
    "domain", ["xn--dschungel-fr-alle-d3b.example", "Dschungel-für-Alle.example"]
)
@pytest.mark.parametrize(
    "base", ["xn--dschungel-fr-alle-d3b.example", "dschungel-für-alle.example"]
)
def test_a_domain_in_letters_or_as_dns_holds_it(domain: str, base: str) -> None:
    assert check_domain(domain, f"https://{base}") is None
    assert check_domain(domain, f"https://www.{base}")
    assert check_domain("a" * 70 + ".example", f"https://{base}")


@pytest.mark.parametrize(
    ("domain", "told"),
    [
        ("www.jungle.example", 'set base_url = "https://www.jungle.example"'),
        ("https://jungle.example/", "one domain alone"),
        ("jungle.example\nwww.jungle.example", "says jungle.example www.jungle.example, but"),
        ("", "says nothing, but must hold one domain"),
        ("\ufeffjungle.example", "one domain alone"),
        ("# mine\njungle.example", "one domain alone"),
        ("jungle", "one domain alone"),
    ],
)
def test_a_domain_that_does_not(domain: str, told: str) -> None:
    said = check_domain(domain, BASE)
    assert said and told in said and "\n" not in said


@pytest.mark.parametrize("place", ["CNAME", "content/CNAME", "content/static/cname"])
def test_a_cname_that_no_host_reads_is_said(tmp_path, place: str) -> None:
    (tmp_path / "content/static").mkdir(parents=True)
    settings = Settings(home=tmp_path)
    (tmp_path / "content/static/CNAME").write_text("jungle.example\n")
    assert not list(list_misplaced(settings))
    (tmp_path / place).write_text("jungle.example\n")
    (line,) = list_misplaced(settings)
    assert f"{tmp_path / place} is not read" in line
    assert str(tmp_path / "content/static/CNAME") in line


@pytest.mark.parametrize(
    "end", ["/index.html", "/index.htm", "/INDEX.HTML", "/index.html/", "/", "//", ""]
)
def test_an_address_of_the_first_page_is_the_sites(tmp_path, end: str) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/jungle.toml").write_text("")
    settings = read_settings(tmp_path, {"site.base_url": f"https://ada.github.io/jungle{end}"})
    assert settings.site.base_url == "https://ada.github.io/jungle"


def test_which_of_two_domains_is_published_is_said(tmp_path, monkeypatch, capsys) -> None:
    """One that the host wrote on the branch, and another of content/static/."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n")

    def git(folder, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
        )
        return done.stdout

    settings = make_jungle(tmp_path / "jungle", 1, size=24, frames=0, seconds=0.1)
    (settings.content / "static").mkdir()
    (settings.content / "static/CNAME").write_text("mine.example\n")
    render_site(settings)
    remote, host = tmp_path / "remote.git", tmp_path / "host"
    git(tmp_path, "init", "--bare", str(remote))
    git(settings.home, "init")
    git(settings.home, "remote", "add", "origin", str(remote))
    publish_site(settings)
    git(tmp_path, "clone", "--branch", "gh-pages", str(remote), str(host))
    (host / "CNAME").write_text("theirs.example\n")
    git(host, "commit", "--all", "--message", "Update CNAME")
    git(host, "push", "origin", "gh-pages")
    capsys.readouterr()
    publish_site(settings)
    assert git(remote, "show", "gh-pages:CNAME") == "mine.example\n"
    assert "CNAME said theirs.example" in capsys.readouterr().out
