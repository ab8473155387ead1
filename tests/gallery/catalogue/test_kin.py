"""Family trees on cards' pages: parents and theirs, children, and nothing of what is hidden."""

import re

import pytest

from generate.gallery.catalogue.kin import Kinship
from generate.gallery.site.render import render_site
from tests.bundles import make_jungle


@pytest.fixture(scope="module")
def family(tmp_path_factory):
    """Five cards: 3 of 1 and 2, 4 of 3 and 5, and 5 is hidden."""
    home = tmp_path_factory.mktemp("family")
    settings = make_jungle(home, 5, frames=2, seconds=0.1, size=24)
    write(settings, 3, "title: <b>Three</b>\nparents: [beast-001, beast-002, beast-001]")
    write(settings, 4, "parents: [beast-003, beast-005]")
    write(settings, 5, "hidden: true\ntitle: Secret")
    render_site(settings)
    return settings


def write(settings, number, front):
    path = settings.bundles / f"beast-{number:03d}" / "postcard.md"
    path.write_text(f"---\n{front}\n---\n")


def read_tree(settings, number):
    page = (settings.home / f"site/cards/beast-{number:03d}.html").read_text()
    found = re.search('<section class="family".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def links(tree):
    return re.findall(r'href="[^"]*cards/([\w-]+)\.html"', tree)


def test_a_tree_shows_parents_theirs_and_children(family):
    assert links(read_tree(family, 4)) == ["beast-003", "beast-001", "beast-002"]
    assert links(read_tree(family, 3)) == ["beast-001", "beast-002", "beast-004"]
    assert links(read_tree(family, 1)) == ["beast-003"]
    assert "&lt;b&gt;Three&lt;/b&gt;" in read_tree(family, 4)


def test_a_hidden_parent_is_not_named(family):
    tree = read_tree(family, 4)
    assert "a beast that is not shown" in tree
    assert "Secret" not in tree and "beast-005" not in tree


def test_a_tree_follows_what_is_changed(family):
    path = family.bundles / "beast-001" / "postcard.md"
    before = path.read_text() if path.exists() else None
    write(family, 1, "title: Renamed")
    render_site(family)
    assert "Renamed" in read_tree(family, 4) and "Renamed" in read_tree(family, 3)
    path.write_text(before) if before is not None else path.unlink()
    render_site(family)
    assert "Renamed" not in read_tree(family, 4)


def test_a_circle_ends():
    kinship = Kinship(["a", "b", "c"], [["b", "c"], ["a", "c"], []])
    tree = kinship.trace(0)
    assert sorted(tree.members) == [0, 1, 2] and tree.children == [1]
    assert not kinship.trace(2).parents and kinship.trace(2).children == [0, 1]
