"""The corpus that a tongue is learnt from: what is read, what is left out, what is refused."""

import pytest

from generate.errors import Refusal
from generate.phrases.learned.corpus import LEAST, SAMPLE, is_copy, read_corpus

LINES = [f"mora tuli {chr(97 + n % 26)}{'aeiou'[n // 26]}lo" for n in range(60)]


@pytest.fixture
def read(write_settings):
    settings = write_settings("")

    def read_(text: str | bytes):
        data = text if isinstance(text, bytes) else text.encode()
        (settings.content / "corpus.txt").write_bytes(data)
        return read_corpus(settings)

    return read_


def test_one_line_of_ten_is_held_out_and_no_line_is_in_both(read):
    corpus = read("\n".join(LINES))
    assert {*corpus.learnt, *corpus.held} == {*LINES} and len(corpus.held) == 6
    assert not {*corpus.learnt} & {*corpus.held}
    assert read("\r\n".join(reversed(LINES))).held == tuple(
        line for line in reversed(LINES) if line in corpus.held
    )


def test_remarks_empty_lines_spaces_and_repeats_say_nothing(read):
    text = "\ufeff# my tongue\n\n" + "\n".join(f"  {line}\t" for line in [*LINES, *LINES])
    assert read(text) == read("\n".join(LINES))


def test_a_letter_and_its_accent_are_one_however_they_are_written(read):
    assert read("\n".join([*LINES, "cafe\u0301 olo", "caf\u00e9 olo"])) == read(
        "\n".join([*LINES, "caf\u00e9 olo"])
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("lo " * 13, "more than 12 words"),
        ("lo" * 61, "longer than 120 letters"),
        ("12 — 34", "no letter"),
        ("mo\x07ra", "cannot be printed"),
    ],
)
def test_a_line_that_cannot_be_learnt_is_left_out_by_number(read, line, why):
    corpus = read("\n".join([LINES[0], line, *LINES[1:]]))
    assert {*corpus.learnt, *corpus.held} == {*LINES}
    (told,) = corpus.left_out
    assert told.startswith("line 2: ") and why in told


def test_too_few_lines_no_file_and_no_text_are_refused(read, write_settings):
    with pytest.raises(Refusal, match=rf"corpus.txt: {LEAST - 1} different phrases"):
        read("\n".join(LINES[: LEAST - 1] * 3))
    with pytest.raises(Refusal, match=r"corpus\.txt: is not UTF-8"):
        read("mora túli\n".encode("latin-1") * 50)
    settings = write_settings("")
    (settings.content / "corpus.txt").unlink()
    with pytest.raises(Refusal, match=r"corpus\.txt: no such file.*to try it, copy"):
        read_corpus(settings)


def test_the_bundled_corpus_has_sixty_lines_and_none_is_left_out(read):
    corpus = read(SAMPLE.read_bytes())
    assert len(corpus.learnt) + len(corpus.held) == 60 and not corpus.left_out


def test_a_line_but_for_a_mark_or_a_letter_is_a_copy(read):
    corpus = read("\n".join(LINES))
    assert is_copy(LINES[7], corpus) and is_copy(LINES[7].upper() + "!", corpus)
    assert not is_copy("an altogether other line", corpus)
