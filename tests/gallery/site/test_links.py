"""What links in content/ name outside of it is not published; names that collide are refused."""

import os
from pathlib import Path

import pytest

from generate.errors import Refusal
from generate.gallery.incremental.inputs import Snapshot
from generate.gallery.publishing.audit import audit_site
from generate.gallery.site.render import open_session, render_site
from generate.settings import Settings, read_settings
from tests.bundles import make_bundle, make_jungle

SECRET = b"the diary of somebody who cloned this jungle"


@pytest.fixture
def jungle(tmp_path: Path) -> Settings:
    """A jungle, and beside it a folder of its reader's own."""
    private = tmp_path / "private"
    make_bundle(private / "card", None, 24, 3, 0.1)
    (private / "diary.txt").write_bytes(SECRET)
    (private / "diary.md").write_bytes(SECRET)
    (private / "site.css").write_bytes(b"/* " + SECRET + b" */")
    return make_jungle(tmp_path / "jungle", 2, size=24, frames=3, seconds=0.1)


LEAVING = {
    "content/static/diary.txt": "diary.txt",
    "content/static/deep/diary.txt": "diary.txt",
    "content/static/.well-known/diary.txt": "diary.txt",
    "content/static/folder": "",
    "content/pages/diary.md": "diary.md",
    "content/postcards/beast-001/postcard.md": "diary.md",
    "content/postcards/beast-001/picture.png": "card/picture.png",
    "content/postcards/beast-001/sound.flac": "card/sound.flac",
    "content/postcards/theirs": "card",
    "content/static": "",
    "content/language.toml": "diary.txt",
    "content/corpus.txt": "diary.txt",
    "content/words": "",
    "content/taste": "",
    "content/models": "",
    "templates/assets/site.css": "site.css",
}


@pytest.mark.parametrize("name", LEAVING)
def test_a_link_that_leaves_is_refused_by_name(jungle: Settings, name: str) -> None:
    render_site(jungle)
    path = jungle.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(jungle.home.parent / "private" / LEAVING[name])
    with pytest.raises(Refusal, match=f"{name}: is a link that leads out of") as refusal:
        render_site(jungle)
    assert "\n" not in str(refusal.value) and "private" not in str(refusal.value)
    assert str(refusal.value) in audit_site(jungle).errors
    for published in (jungle.home / "site").rglob("*"):
        assert published.is_dir() or SECRET not in published.read_bytes()
    # A card that can be left out is no way past.
    with pytest.raises(Refusal):
        render_site(jungle, keep_going=True)


def test_a_link_within_content_is_followed(jungle: Settings) -> None:
    picture = jungle.bundles / "beast-001" / "picture.png"
    picture.unlink()
    picture.symlink_to("../beast-002/picture.png")
    assert render_site(jungle).cards == 2
    assert audit_site(jungle).errors == []


def test_content_may_lie_elsewhere_as_a_whole(jungle: Settings) -> None:
    elsewhere = jungle.home.parent / "elsewhere"
    jungle.content.rename(elsewhere)
    jungle.content.symlink_to(elsewhere)
    assert render_site(read_settings(jungle.home)).cards == 2


def test_the_preview_refuses_a_link_and_goes_on_without_it(jungle: Settings) -> None:
    session = open_session(jungle)
    session.lasting, session.snapshot = True, Snapshot()
    watched = [str(jungle.content)]
    session.snapshot.refresh(watched)
    render_site(jungle, session=session)
    link = jungle.content / "static"
    link.symlink_to(jungle.home.parent / "private")
    assert session.snapshot.refresh(watched) == {str(link)}
    with pytest.raises(Refusal, match="static: is a link"):
        render_site(jungle, session=session)
    link.unlink()
    assert session.snapshot.refresh(watched) == {str(link)}
    assert render_site(jungle, session=session).cards == 2


COLLIDING = {
    "pages/Index.md": "pages/Index.md: the site has a index.html of its own",
    "pages/Dictionary.md": "pages/Dictionary.md: the site has a dictionary.html of its own",
    "pages/About.md": "about.html: the site has About.html too",
    "static/SW.js": "SW.js: the site has sw.js too",
    "static/Favicon.ico": "Favicon.ico: the site has favicon.ico too",
    "static/Feed.XML": "Feed.XML: the site has feed.xml too",
    "static/Assets/own.css": "Assets: the site has assets too",
    "static/MEDIA/a.jpg": "MEDIA: the site has media too",
    "static/cards/BEAST-001.html": "cards/BEAST-001.html: the site has cards/beast-001.html too",
    "postcards/Beast-001": "Beast-001.html: the site has cards/beast-001.html too",
    "templates/assets/Style.css": "Style.css: the site has assets/style.css too",
}


@pytest.mark.skipif(os.path.exists(__file__.upper()), reason="this disk ignores case itself")
@pytest.mark.parametrize("name", COLLIDING)
def test_names_that_differ_in_case_alone_are_refused(jungle: Settings, name: str) -> None:
    path = (jungle.home if name.startswith("templates") else jungle.content) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix:
        path.write_text("mine")
    else:
        make_bundle(path, None, 24, 3, 0.1)
    with pytest.raises(Refusal, match=COLLIDING[name]):
        render_site(jungle)
    assert not (jungle.home / "site" / "index.html").exists()


def test_two_spellings_of_one_letter_are_one_name(jungle: Settings) -> None:
    static = jungle.content / "static"
    static.mkdir()
    (static / "\u00e9t\u00e9.txt").write_text("one")
    (static / "e\u0301te\u0301.txt").write_text("other")
    with pytest.raises(Refusal, match="are one"):
        render_site(jungle)
