"""Texts on pages: safe Markdown, words of the interface with facts filled in, ids of words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.gallery.pages.articles import lead_to_pages
from generate.gallery.pages.english import ENGLISH
from generate.gallery.pages.lists import indent_lists
from generate.gallery.pages.markdown import TAKEN, render_markdown
from generate.gallery.pages.reference import anchor
from generate.gallery.pages.words import fill
from tests.jungles import ROOT


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        '<img src=x onerror="alert(1)">',
        "<a href='x' onclick='alert(1)' style='color:red'>y</a>",
        "<svg><script>alert(1)</script></svg>",
        "<style>*{display:none}</style>",
        "![x](http://tracker.example/p.png)",
    ],
)
def test_markdown_lets_nothing_run_or_load(text):
    for full in (True, False):
        html = render_markdown(text, full=full)
        assert not re.search(r"<(script|svg|style)|\son\w+=|javascript:|style=|data:", html), html
        assert not re.search(r"<img[^>]*(?:\w:|//)", html) and (full or "<img" not in html)


def test_markdown_does_what_a_writer_expects():
    html = render_markdown('# Big\n\n*Soft* & "quoted" [home](https://a.example)\n\n- one\n- two')
    assert "<h2>Big</h2>" in html and "<em>Soft</em> &amp; “quoted”" in html
    assert 'rel="noopener noreferrer nofollow"' in html and html.count("<li>") == 2
    assert "<table>" in render_markdown("a | b\n--|--\n1 | 2", full=True)


def test_a_written_message_is_paragraphs():
    text = "I have a rule: wait. Say *noki*, which means “shore”, and don't half-sleep.\n\nP.S. Hm?"
    html = render_markdown(text)
    assert html.count("<p>") == 2 and "<em>noki</em>" in html and "don’t" in html


def test_filling_words_leaves_other_braces_alone():
    assert fill("{n} of {all} {x}", n=3, all="{n}") == "3 of {n} {x}"
    assert all(re.fullmatch(r"[a-z_0-9]+", key) for key in ENGLISH)


def test_anchors_tell_words_apart():
    words = ["ö", "o", "o'o", "oo", "ë", "e-e", "ee"]
    assert len({anchor(word) for word in words}) == len(words)
    assert all(re.fullmatch(r"[\w-]+", anchor(word), re.ASCII) for word in words)


def test_tables_keep_their_alignment():
    html = render_markdown("a | b | c\n:--|:-:|--:\n1 | 2 | 3", full=True)
    assert re.findall(r'<t[hd] align="(\w+)">', html) == ["left", "center", "right"] * 2
    assert "style" not in html


def test_ruby_small_headings_and_details_are_kept():
    html = "<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>"
    assert html in render_markdown(html, full=True)
    assert '<h6 id="small">Small</h6>' in render_markdown("###### Small", full=True)
    text = "<details open><summary>More</summary><p>Words</p></details>"
    assert render_markdown(text, full=True) == text.replace(" open", ' open=""')


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("about.html", True),
        ("cards/beast-001.html#card=x", True),
        ("../index.html", True),
        ("#fn:1", True),
        ("./a:b.html", True),
        ("https://other.example/about.html", False),
        ("HTTP://other.example", False),
        ("//other.example/about.html", False),
        ("mailto:ada@example.org", False),
    ],
)
def test_links_to_own_pages_are_followed(address, own):
    html = render_markdown(f'[x]({address} "y") [z](https://other.example)')
    assert html.count("nofollow") == 2 - own and f'href="{address}"' in html


def test_footnotes_lead_there_and_back():
    text = "One[^a] and two[^b], again[^a].\n\n[^a]: First.\n[^b]: Second.\n"
    html = render_markdown(text, full=True)
    ids, links = re.findall(r' id="([^"]+)"', html), re.findall(r'href="#([^"]+)"', html)
    assert set(links) <= set(ids) and len(ids) == len(set(ids)) == 5
    assert "nofollow" not in html and "First." in html and "[^a]" not in html
    assert "id=" not in render_markdown('<ul><li id="content">x</li></ul>', full=True)
    assert render_markdown(text, full=True) == html


@pytest.mark.parametrize(
    "html",
    [
        *(f"<{tag}>x</{tag}>" for tag in "b i s u ins mark var samp dfn".split()),
        '<ol reversed="">\n<li value="9">n</li>\n</ol>',
        '<time datetime="2026-05-01">May</time>',
    ],
)
def test_plain_marks_stay(html):
    assert html in render_markdown(html, full=True)


def test_tables_written_as_html_keep_their_shape():
    html = (
        "<table><caption>Birds</caption><tbody><tr>"
        '<th colspan="2">x</th><td rowspan="2">y</td></tr></tbody></table>'
    )
    assert html in render_markdown(html, full=True)
    assert "onclick" not in render_markdown('<mark onclick="a()">x</mark><b style="top:0">y</b>')


def shape(text):
    """Lists of a text by their nesting: "ul(a ul(b))"."""
    html = render_markdown(text)
    html = re.sub(r"<(ul|ol)[^>]*>", r" \1(", html).replace("</ul>", ")").replace("</ol>", ")")
    told = " ".join(re.sub(r"<[^>]*>", " ", html).split())
    return told.replace(" )", ")").replace("( ", "(")


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("- a\n  - b\n    - c\n- d", "ul(a ul(b ul(c)) d)"),
        ("- a\n   - b\n- d", "ul(a ul(b) d)"),
        ("- a\n    - b\n        - c\n- d", "ul(a ul(b ul(c)) d)"),
        ("- a\n\t- b\n\t\t- c\n- d", "ul(a ul(b ul(c)) d)"),
        ("1. a\n   - b\n   - c\n2. d", "ol(a ul(b c) d)"),
        ("10. a\n    1. b\n11. c", "ol(a ol(b) c)"),
        ("* a\n * b\n* c", "ul(a b c)"),
        ("- a\n\n  more\n- b", "ul(a more b)"),
        ("- a\nlazy\n- b", "ul(a lazy b)"),
        ("- a\n\nb\n\n- c", "ul(a) b ul(c)"),
        ("These:\n- a\n- b\n\nEnd", "These: ul(a b) End"),
        ("These:\n1. a\n2. b", "These: ol(a b)"),
        ("See you\n- Ada", "See you - Ada"),
        ("Born in\n1986. A year\n1987. B", "Born in 1986. A year 1987. B"),
        ("a\n* * *\n- b\n- c", "a ul(b c)"),
    ],
)
def test_lists_are_nested_as_they_are_written(text, lists):
    assert shape(text) == lists


def test_code_keeps_its_lists():
    text = "```\n- a\n  - b\n```\n\n~~~\nx\n- y\n- z\n~~~"
    html = render_markdown(text, full=True)
    assert "- a\n  - b\n" in html and "x\n- y\n- z\n" in html and "<li>" not in html


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9),
            st.sampled_from(["- ", "* ", "1. ", "12.  ", "", "> ", "```", "---", "a | b"]),
        ),
        max_size=12,
    )
)
def test_no_words_are_lost_however_lists_are_indented(rows):
    lines = [
        f"{' ' * indent}{mark}{f'word{at}' if mark[-1:] in (' ', '') else ''}"
        for at, (indent, mark) in enumerate(rows)
    ]
    told = list(indent_lists(lines))
    assert [" ".join(line.split()) for line in told if line.strip()] == [
        " ".join(line.split()) for line in lines if line.strip()
    ]


def test_headings_can_be_linked_to():
    headings = [
        "# Where it lives",
        "## Dämmerung & *Nacht*!",
        "## Where it lives",
        "## Content",
        "### ?",
    ]
    text = "\n\n".join(["[up](#where-it-lives) [b](#dämmerung-nacht)", *headings])
    html = render_markdown(text, full=True)
    ids = re.findall(r'<h\d id="([^"]+)"', html)
    assert ids == ["where-it-lives", "dämmerung-nacht", "where-it-lives_1", "content-1", "-1"]
    assert "id=" not in render_markdown(text)
    assert "id=" not in render_markdown('<h2 id="content">x</h2><p id="a">y</p>', full=True)


def test_no_heading_takes_an_id_that_a_page_has():
    ids = set()
    for path in (ROOT / "templates").rglob("*.html"):
        ids |= set(re.findall(r'\bid="([\w-]+)"', path.read_text(encoding="utf-8")))
    assert len(ids) > 3 and ids <= TAKEN


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a ~~gone~~ b", "a <del>gone</del> b"),
        ("a ~~~ b ~~", "a ~~~ b ~~"),
        ("`~~x~~`", "<code>~~x~~</code>"),
        ("- [x] fed\n- [ ] named", "<li>☑ fed</li>\n<li>☐ named</li>"),
        ("- [x](about.html)", '<li><a href="about.html">x</a></li>'),
        ("> [!WARNING]\n> It bites.", "<strong>Warning</strong><br>\nIt bites."),
        ("`- [x] a`", "<code>- [x] a</code>"),
        ("one\\\ntwo", "one<br>\ntwo"),
    ],
)
def test_marks_of_github_are_read(text, html):
    assert html in render_markdown(text) and html in render_markdown(text, full=True)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://a.example/x_y_z. Now", "https://a.example/x_y_z"),
        ("(https://a.example/b)", "https://a.example/b"),
        ("https://a.example/A_(b), too", "https://a.example/A_(b)"),
        ("**https://a.example/?q=1&r=2**", "https://a.example/?q=1&amp;r=2"),
        ("<https://a.example>", "https://a.example"),
        ("[x](https://a.example)", "https://a.example"),
        ('<a href="https://a.example">y</a>', "https://a.example"),
    ],
)
def test_addresses_are_links_once(text, address):
    html = render_markdown(text)
    assert html.count("<a ") == 1 and f'<a href="{address}" rel=' in html


def test_addresses_in_code_are_no_links():
    assert "<a" not in render_markdown("`https://a.example` and ftp://b xhttps://c")
    assert "<a" not in render_markdown("```\nhttps://a.example\n- [x] a\n```", full=True)


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("about.md", "about.html"),
        ("./about.md#food", "about.html#food"),
        ("../pages/about.md", "about.html"),
        ("../postcards/beast-002/postcard.md", "cards/beast-002.html"),
        ("../postcards/beast-002/", "cards/beast-002.html"),
        ("content/postcards/a%20b/postcard.md#x", "cards/a%20b.html#x"),
        ("about.html", "about.html"),
        ("https://a.example/readme.md", "https://a.example/readme.md"),
        ("other/notes.md", "other/notes.md"),
    ],
)
def test_links_to_markdown_lead_to_its_page(link, leads):
    html = lead_to_pages(render_markdown(f"[x]({link})", full=True))
    assert f'href="{leads}"' in html
