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
