"""The pages as text: valid, linked, safe, in any language, and rendered again only when needed."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import html5lib
import pytest
from jinja2.exceptions import UndefinedError
from markupsafe import Markup, escape

from generate.bundles.merged import read_cards
from generate.errors import Refusal
from generate.gallery.pages.contents import list_pages
from generate.gallery.pages.renderer import Renderer
from generate.gallery.pages.templates import open_templates, template_folders
from generate.gallery.site.render import render_site
from generate.phrases.language.language import make_language
from generate.settings import read_settings
from tests.bundles import make_bundle, make_jungle
from tests.gallery.conftest import HOSTILE
from tests.gallery.pages.rendering import collect_contents, invent_media, render_pages

HTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("pages")
    make_jungle(home, 5, size=0, seconds=0.2)
    odd = home / "content" / "postcards" / "föx & #1 100%"
    make_bundle(odd, None, size=0, seconds=0, title="By hand", words=[], hour="dawn")
    worst = {key: HOSTILE for key in ("title", "caption", "translation", "place", "phrase")}
    make_bundle(
        home / "content" / "postcards" / "hostile",
        None,
        size=0,
        seconds=0.2,
        **worst,
        words=[{"form": HOSTILE, "meaning": HOSTILE, "gloss": HOSTILE}] * len(HOSTILE.split()),
        name={"form": HOSTILE, "meaning": HOSTILE},
        date=HOSTILE,
        made={"picture": {"prompt": HOSTILE, "<b>": [HOSTILE]}},
    )
    return home


@pytest.fixture(scope="module")
def settings(home: Path) -> Any:
    from generate.settings import read_settings

    return read_settings(home)


@pytest.fixture(scope="module")
def rendered(settings: Any) -> dict[str, Any]:
    cards = read_cards(settings)
    language = make_language(7, "Mossish", "soft")
    return render_pages(cards, invent_media(cards), settings, language)


def parse(text: str) -> Any:
    return html5lib.HTMLParser(strict=True).parse(text)


def html_pages(rendered: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(path, parse(text)) for path, text in rendered.items() if path.endswith(".html")]


def test_every_page_is_there(rendered):
    expected = {"index.html", "about.html", "drawer.html", "404.html", "search.js"}
    expected |= {"dictionary.html", "alphabet.html", "grammar.html"}
    expected |= {"assets/script.css", "assets/script.woff2"}
    expected |= {f"cards/beast-{number:03d}.html" for number in range(1, 6)}
    assert set(rendered) == expected | {"cards/föx & #1 100%.html", "cards/hostile.html"}


def test_pages_are_valid_with_unique_ids_and_one_main_heading(rendered):
    for path, tree in html_pages(rendered):
        ids = [node.get("id") for node in tree.iter() if node.get("id")]
        assert len(ids) == len(set(ids)), path
        assert len(list(tree.iter(HTML + "h1"))) == 1, path
        assert tree.get("lang") == "en"
        for node in tree.iter():
            for key in ("aria-labelledby", "popovertarget", "for"):
                if node.get(key):
                    assert node.get(key) in ids, (path, key)


def test_links_lead_somewhere_and_are_relative(rendered, settings):
    assets = {
        path.relative_to(folder).as_posix()
        for folder in template_folders(settings)
        for path in (folder / "assets").rglob("*")
    }
    elsewhere = {"feed.xml", "feed.json", "manifest.webmanifest", "assets/icon-180.png"}
    known = set(rendered) | assets | elsewhere | {f"media/{at}" for at in range(9)}
    for path, tree in html_pages(rendered):
        if path == "404.html":
            continue
        for node in tree.iter():
            for key in ("href", "src", "{http://www.w3.org/1999/xlink}href"):
                link = node.get(key)
                if not link or link.startswith(("#", "data:", "mailto:")):
                    continue
                assert not re.match(r"^(/|[a-z]+:)", link), (path, link)
                place = (Path("/") / path).parent / unquote(re.split("[?#]", link)[0])
                name = place.resolve().relative_to("/").as_posix()
                assert name in known or re.fullmatch(r"media/\d[\w.]*", name), (path, link)


def test_fragments_exist_in_the_dictionary(rendered):
    anchors = set(re.findall(r'id="(w-[^"]+)"', rendered["dictionary.html"]))
    asked = set(re.findall(r'dictionary\.html#([^"]+)"', "".join(map(str, rendered.values()))))
    assert asked and asked <= anchors


def test_every_word_of_a_caption_leads_to_a_search(rendered):
    caption = re.search(r'<p class="caption"[^>]*>(.*?)</p>', rendered["cards/beast-001.html"])[1]
    words = re.findall(r'<a href="\.\./index\.html\?q=([^"]+)">([^<]+)</a>', caption)
    assert [unquote(asked) for asked, _ in words] == [shown for _, shown in words]
    assert [shown for _, shown in words][:3] == ["A", "striped", "beast"]


@pytest.mark.parametrize(
    "text", ["", "one", "a well-fed owl, at 7 o’clock!", '<b>&"x"</b>', "ру́сский גדול", "__ 12"]
)
def test_words_are_split_without_loss(text):
    from generate.gallery.pages.templates import split_words

    pieces = split_words(text)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(word in ("", piece) for piece, word in pieces)
    assert all(word.strip() == word and not re.search(r"[\s\d<>&]", word) for _, word in pieces)


def test_nothing_inline_runs_and_the_policy_says_so(rendered):
    for path, tree in html_pages(rendered):
        policy = [n for n in tree.iter(HTML + "meta") if n.get("http-equiv")]
        assert "default-src 'self'" in policy[0].get("content"), path
        assert "unsafe" not in policy[0].get("content")
        assert not list(tree.iter(HTML + "style")), path
        for node in tree.iter():
            names = {str(name).lower() for name in node.attrib}
            assert "style" not in names, (path, node.tag)
            assert not any(name.startswith("on") for name in names), (path, node.tag)
        for script in tree.iter(HTML + "script"):
            assert script.get("src") or script.get("type") == "application/ld+json", path


def test_pictures_have_alternatives_and_sizes(rendered):
    for path, tree in html_pages(rendered):
        for image in tree.iter(HTML + "img"):
            assert image.get("alt") is not None, path
            assert image.get("width") and image.get("height"), path


def test_hostile_text_is_shown_as_it_is(rendered):
    tree = parse(rendered["cards/hostile.html"])
    heading = next(tree.iter(HTML + "h1"))
    assert "".join(heading.itertext()) == HOSTILE
    data = next(s for s in tree.iter(HTML + "script") if s.get("type") == "application/ld+json")
    assert json.loads(data.text)["name"] == HOSTILE
    assert not list(tree.iter(HTML + "iframe"))


def read_search(text: str) -> list[Any]:
    return json.loads(re.fullmatch(r"jungle\((.*)\);\n", text, re.DOTALL)[1])


def test_search_data_is_the_cards_in_order(rendered, settings):
    rows = read_search(rendered["search.js"])
    cards = read_cards(settings)
    assert [row[1] for row in rows] == [card.title for card in cards]
    assert all(unquote(row[0]) in rendered for row in rows)
    for at, row in enumerate(rows):
        assert at not in row[-1] and all(0 <= other < len(rows) for other in row[-1])


def test_linked_data_has_picture_sound_and_transcript(rendered):
    text = re.search(r"ld\+json\">(.*?)</script>", rendered["cards/beast-001.html"])[1]
    data = json.loads(text)
    assert data["image"]["@type"] == "ImageObject"
    assert data["audio"]["duration"] == "PT1.50S"
    assert len(data["audio"]["transcript"].split()) == 3


def test_pagination(tmp_path):
    settings = make_jungle(tmp_path, 5, 'title = "T"\ncount = 5\n[site]\nper_page = 2\n', size=0)
    found = render_pages(read_cards(settings), {}, settings)
    assert {"index.html", "page-2.html", "page-3.html"} <= set(found)
    listed = [re.findall(r'href="(cards/[^"]+)"', found[p]) for p in ("index.html", "page-3.html")]
    assert listed == [["cards/beast-001.html", "cards/beast-002.html"], ["cards/beast-005.html"]]
    assert 'href="../page-3.html"' in found["cards/beast-005.html"]
    assert 'rel="next" href="page-2.html"' in found["index.html"]


def test_an_empty_rack_and_a_single_card(tmp_path):
    settings = make_jungle(tmp_path, 1, size=0)
    parse(render_pages([], {}, settings)["index.html"])
    cards = read_cards(settings)
    text = render_pages(cards, {}, settings)["cards/beast-001.html"]
    parse(text)
    assert "Near this card" not in text and 'rel="next"' not in text


def test_words_of_the_interface_in_another_language(tmp_path):
    toml = '[site]\nlang = "ar"\n[site.words]\nturn_over = "اقلبها {x} <b>"\n'
    settings = make_jungle(tmp_path, 1, toml, size=0)
    text = render_pages(read_cards(settings), {}, settings)["cards/beast-001.html"]
    assert '<html lang="ar" dir="rtl"' in text
    assert "اقلبها {x} &lt;b&gt;" in text
    settings = make_jungle(tmp_path, 1, '[site.words]\nturn_ovr = "x"\n', size=0)
    with pytest.raises(Refusal, match="turn_ovr; did you mean turn_over"):
        render_pages([], {}, settings)


def test_a_template_of_ones_own_and_a_broken_one(tmp_path):
    settings = make_jungle(tmp_path, 1, size=0)
    own = tmp_path / "templates"
    own.mkdir()
    (own / "404.html").write_text("<p>{{ settings.title }}</p>")
    assert render_pages([], {}, settings)["404.html"] == "<p>A test jungle</p>"
    for text in ("\n\n{{ nothing }}", "\n\n{% if %}", "\n\n{{ cards.x.y }}"):
        (own / "404.html").write_text(text)
        with pytest.raises(Refusal, match=r"404\.html line 3"):
            render_pages([], {}, settings)


def test_only_what_changed_is_rendered_again(tmp_path, monkeypatch):
    make_jungle(tmp_path, 12, size=24, frames=0, seconds=0)
    render_site(read_settings(tmp_path))
    drawn = []
    render = Renderer.render
    monkeypatch.setattr(
        Renderer, "render", lambda own, page: drawn.append(page.path) or render(own, page)
    )
    (tmp_path / "content" / "static").mkdir()
    (tmp_path / "content" / "static" / "mine.txt").write_text("mine")
    render_site(read_settings(tmp_path))
    assert drawn == [] and (tmp_path / "site" / "mine.txt").read_text() == "mine"
    folder = tmp_path / "content" / "postcards" / "beast-002"
    (folder / "postcard.md").write_text("A new message.\n")
    render_site(read_settings(tmp_path))
    assert "A new message." in (tmp_path / "site" / "cards" / "beast-002.html").read_text()
    assert {"cards/beast-001.html", "cards/beast-002.html", "cards/beast-003.html"} <= set(drawn)
    assert "index.html" in drawn and "about.html" not in drawn and "404.html" not in drawn
    assert len(drawn) < 12


@pytest.mark.parametrize(
    "text", ["{{ cards[1].title }}", "{% for c in cards %}{{ c.title }}{% endfor %}"]
)
def test_own_templates_may_show_any_card(tmp_path, text):
    settings = make_jungle(tmp_path, 3, size=24, frames=0, seconds=0)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "404.html").write_text(text)
    render_site(settings)
    folder = tmp_path / "content" / "postcards" / "beast-002"
    (folder / "postcard.md").write_text("---\ntitle: Renamed\n---\n")
    render_site(settings)
    assert "Renamed" in (tmp_path / "site" / "404.html").read_text()


def test_the_projects_templates_read_of_all_cards_only_how_many_there_are(settings):
    """On this rests which pages are rendered again when a card changes."""
    cards = read_cards(settings)
    language = make_language(7, "Mossish", "soft")
    contents = collect_contents(cards, invent_media(cards), settings, language)
    renderer = Renderer(contents, open_templates(settings))
    renderer.context["cards"] = range(len(cards))
    for page in list_pages(contents):
        assert renderer.render(page)


@pytest.mark.parametrize("value", ["plain é", "<b>", "&", '"', "'", Markup("<b>"), 5, None, ""])
def test_templates_escape_every_value(settings, value):
    templates = open_templates(settings)
    for text in ("{{ v }}", "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(v) }}"):
        assert templates.from_string(text).render(v=value) == escape(value)
    assert templates.from_string("{{ 'a' ~ v }}").render(v=value) == "a" + escape(value)
    with pytest.raises(UndefinedError):
        templates.from_string("{{ unknown }}").render()


def test_articles_join_the_navigation(tmp_path):
    settings = make_jungle(tmp_path, 1, 'language = "Quill"\n', size=0)
    folder = tmp_path / "content" / "pages"
    (folder / "field notes.md").write_text(
        "---\norder: -1\n---\n# Notes & <b>more</b>\n\n{language}"
    )
    (folder / "secret.md").write_text("---\nhidden: true\n---\nx")
    found = render_pages([], {}, settings)
    assert "secret.html" not in found
    assert "Notes &amp; &lt;b&gt;more&lt;/b&gt;" in found["field notes.html"]
    assert "<p>Quill</p>" in found["field notes.html"]
    links = re.findall(r'<li><a href="([^"]+)"', found["index.html"])
    assert links == ["index.html", "field%20notes.html", "about.html", "drawer.html"]
    for name in ("dictionary", "drawer"):
        (folder / f"{name}.md").write_text("x")
        with pytest.raises(Refusal, match=rf"{name}\.md: the site has a {name}\.html"):
            render_pages([], {}, settings)
        (folder / f"{name}.md").unlink()


def test_absolute_addresses_only_where_they_are_needed(tmp_path):
    toml = 'author = "Ada"\n[site]\nbase_url = "https://ada.example/my-jungle"\n'
    settings = make_jungle(tmp_path, 1, toml, size=0)
    cards = read_cards(settings)
    found = render_pages(cards, invent_media(cards), settings)
    card = found["cards/beast-001.html"]
    assert 'property="og:image" content="https://ada.example/my-jungle/media/0.social.jpg"' in card
    assert 'rel="canonical" href="https://ada.example/my-jungle/cards/beast-001.html"' in card
    assert 'href="/my-jungle/assets/style.css"' in found["404.html"]
