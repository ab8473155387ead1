"""Texts on pages: safe Markdown, words of the interface with facts filled in, ids of words."""

import re

import pytest

from generate.gallery.pages.markdown import render_markdown
from generate.gallery.pages.reference import anchor
from generate.gallery.pages.words import ENGLISH, fill


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
    html = render_markdown(text, full=True)
    assert not re.search(r"<(script|img|svg|style)|\son\w+=|javascript:|style=|data:", html), html


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
    assert "<h6>Small</h6>" in render_markdown("###### Small", full=True)
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
