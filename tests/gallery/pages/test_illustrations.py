"""Pictures that pages name: shown, in one size and without metadata, or told of."""

import re

import pytest
from PIL import Image

from generate.gallery.publishing.audit import audit_site
from generate.gallery.site.render import render_site
from generate.settings import Settings
from tests.bundles import make_jungle

HOLDS = b"made in secret"


@pytest.fixture
def settings(tmp_path) -> Settings:
    made = make_jungle(tmp_path, 1)
    (made.content / "pages").mkdir(exist_ok=True)
    (made.content / "static/maps").mkdir(parents=True)
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = HOLDS.decode(), 6  # a description; turned by a quarter
    photo = Image.new("RGB", (1600, 900), "olive")
    photo.save(made.content / "pages/my owl.jpg", exif=exif)
    Image.new("RGBA", (40, 30)).save(made.content / "static/maps/way.png")
    return made


def write(settings, text, name="about"):
    (settings.content / f"pages/{name}.md").write_text(f"# About\n\n{text}\n")
    render_site(settings)
    return (settings.home / f"site/{name}.html").read_text()


def test_a_picture_beside_a_page_is_shown_upright_and_bare(settings):
    html = write(settings, '![My owl](my%20owl.jpg "at rest")')
    img = re.search(r"<img[^>]*My owl[^>]*>", html)[0]
    assert 'alt="My owl" title="at rest" width="900" height="1600"' in img
    path = settings.home / "site" / re.search(r'src="([^"]+)"', img)[1]
    with Image.open(path) as shown:
        assert shown.size == (900, 1600) and shown.format == "WEBP"
    assert HOLDS not in path.read_bytes()
    assert not audit_site(settings).errors


def test_one_in_static_is_shown_as_it_is(settings):
    html = write(settings, "![Way](maps/way.png) ![Way](../static/maps/way.png)")
    assert html.count('src="maps/way.png"') == 2
    assert (settings.home / "site/maps/way.png").is_file()


@pytest.mark.parametrize(
    "src",
    ["gone.jpg", "../jungle.toml", "../../secret.png", "about.md", "%2e%2e/jungle.toml"],
)
def test_one_that_is_none_is_told_of_and_its_words_stand(settings, capfd, src):
    Image.new("RGB", (9, 9)).save(settings.home / "secret.png")
    html = write(settings, f"See ![my <b>owl](<{src}>) here")
    assert "<img" not in re.search(r'class="prose".*?</article>', html, re.S)[0]
    assert "See my &lt;b&gt;owl here" in html
    told = capfd.readouterr().err
    assert "about.md" in told and "its alt text is shown" in told


@pytest.mark.parametrize(
    "src", ["https://a.example/x.png", "//a.example/x.png", "data:image/png;base64,AA", "/x.png"]
)
def test_none_is_fetched_from_elsewhere(settings, src):
    html = write(settings, f'![Words]({src}) <img src="{src}" alt="More" onerror="a()">')
    prose = re.search(r'class="prose".*?</article>', html, re.S)[0]
    assert "<img" not in prose and "Words More" in prose


def test_the_site_is_the_same_after_a_change_and_from_nothing(settings, tmp_path):
    write(settings, "![a](my%20owl.jpg)")
    before = {p.name for p in (settings.home / "site/pages").iterdir()}
    assert render_site(settings).fresh
    Image.new("RGB", (50, 20), "navy").save(settings.content / "pages/my owl.jpg")
    render_site(settings)
    after = {p.name for p in (settings.home / "site/pages").iterdir()}
    assert len(after) == len(before) == 1 and before != after
    (settings.content / "pages/about.md").write_text("# About\n")
    render_site(settings)
    assert not (settings.home / "site/pages").exists()
