"""A tongue of a person's own, learnt and continued."""

import math
import random
import re

import pytest
import torch

from generate import plan
from generate.errors import Refusal
from generate.evaluation.words import judge_words
from generate.freshness.decide import decide_phrase
from generate.phrases.handbook.dictionary import build_dictionary
from generate.phrases.language.file import make_or_read_language, read_language
from generate.phrases.learned.corpus import SAMPLE, is_copy, read_corpus
from generate.phrases.learned.network import (
    Letters,
    load_letters,
    measure_alone,
    measure_loss,
    save_letters,
    spell_lines,
    train_letters,
)
from generate.phrases.stage import write_phrases
from tests.bundles import make_jungle
from tests.phrases.writing.briefs import make_briefs

COUNT = 6


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    settings = make_jungle(tmp_path_factory.mktemp("jungle"), 3)
    (settings.content / "corpus.txt").write_bytes(SAMPLE.read_bytes())
    phrases = settings.phrases.model_copy(update={"writer": "learned"})
    return settings.model_copy(update={"phrases": phrases})


@pytest.fixture(scope="module")
def language(settings):
    return make_or_read_language(settings)


@pytest.fixture(scope="module")
def written(settings, language):
    return write_phrases(settings, language, make_briefs(COUNT))


def test_its_lines_are_new_and_of_the_corpus_words(settings, written):
    corpus = read_corpus(settings)
    known = {word for line in (*corpus.learnt, *corpus.held) for word in line.split()}
    texts = [made.phrase.text for made in written]
    assert {made.writer for made in written} == {"learned"}
    assert len({*texts}) == COUNT and not any(is_copy(text, corpus) for text in texts)
    words = [word for text in texts for word in text.split()]
    assert sum(word in known for word in words) / len(words) > 0.8


def test_no_gloss_is_shown_where_none_is_known(written, language):
    from generate.phrases.by_hand import describe_phrase

    for made in written:
        described = describe_phrase(made.phrase)
        for word in described["words"]:
            if not language.reader.read_word(re.sub(r"\W", "", word["form"])):
                assert word["gloss"] == word["meaning"] == ""
        assert "?" not in described["translation"]


def test_words_enter_the_lexicon_and_leave_its_digest(settings, language, written):
    entered = read_language(settings.content / "language.toml")
    lacking = {word.form for made in written for word in made.phrase.words if word.gloss == "?"}
    assert {*entered.untranslated} == lacking and lacking
    assert entered.digest == language.digest
    shown = {word.form: word for word in build_dictionary(entered, []).words}
    assert all(shown[word].meaning == "" for word in lacking)


def test_words_enter_a_file_that_a_person_edited_and_change_nothing_else(settings, tmp_path):
    from generate.phrases.language.file import enter_words, write_language

    path = tmp_path / "content" / "language.toml"
    language = make_or_read_language(settings)
    write_language(language, path, edited=True)
    path.write_text(path.read_text() + "# mine\n")
    before = path.read_text()
    plain = read_language(path)
    enter_words(plain, {*plain.untranslated, "zuzu", "нет"}, path)
    after = path.read_text()
    assert {*read_language(path).untranslated} == {*plain.untranslated, "zuzu"}
    assert "# mine\n" in after
    lines = [line for line in before.splitlines() if line not in after.splitlines()]
    assert len(lines) <= 1 and all(line.startswith("words = ") for line in lines)


def test_the_same_corpus_gives_the_same_words_and_is_learnt_once(
    settings, language, written, monkeypatch, capsys
):
    from generate.phrases.learned import writer

    monkeypatch.setattr(writer, "train_letters", None)
    again = write_phrases(settings, language, make_briefs(3))
    assert [made.phrase.text for made in again] == [made.phrase.text for made in written[:3]]
    told = capsys.readouterr().out
    assert "learned 54 lines" in told and "were copies of the corpus" in told


def test_a_changed_corpus_makes_its_phrases_stale(settings, monkeypatch):
    bundle = plan.read_bundles(settings)[0]
    before = decide_phrase(settings, bundle, "of the language").key
    path = settings.content / "corpus.txt"
    text = path.read_text()
    path.write_text(text + "ke una taso\n")
    assert decide_phrase(settings, bundle, "of the language").key != before
    path.write_text(text)
    assert decide_phrase(settings, bundle, "of the language").key == before
    monkeypatch.setattr(plan, "find_stale_pictures", lambda *_: [])
    offline = settings.model_copy(update={"phrases": type(settings.phrases)()})
    assert plan.needs_model(settings, "phrases") and not plan.needs_model(offline, "phrases")


def test_evaluate_says_how_well_it_was_learnt(settings, written):
    cards = [
        type("Card", (), {"phrase": m.phrase.text, "gloss": m.phrase.gloss, "translation": ""})
        for m in written
    ]
    found = {figure.name: figure for figure in judge_words(settings, cards)}
    learned = found["perplexity of a held-out letter"]
    assert 1 < learned.value < 6 and learned.holds
    assert found["phrases that copy a line of the corpus"].value == 0
    ours = found["BLEU-4 against lines held out of the corpus"].value
    assert 0.05 < ours <= 1
    assert "read back to their own gloss" not in found


def test_a_network_that_knows_nothing_is_as_good_as_chance():
    network = Letters("abc").eval().requires_grad_(False)
    for weight in network.parameters():
        weight.zero_()
    codes = network.encode(["ab", "cab"])
    assert float(measure_loss(network, codes)) == pytest.approx(math.log(4))
    assert codes.tolist() == [[0, 1, 2, 0, -1], [0, 3, 1, 2, 0]]


def test_letters_alone_have_the_perplexity_of_their_frequency():
    network = Letters("ab")
    known = network.encode(["ab"] * 100)  # each of a, b and the end once a line
    assert measure_alone(known, network.encode(["abab"])) == pytest.approx(3, rel=0.01)
    # A letter that was never seen is possible, and rare.
    assert measure_alone(Letters("abz").encode(["ab"] * 100), Letters("abz").encode(["z"])) > 10


def test_training_finds_a_rule_and_stops_before_it_learns_chance_by_heart():
    rng = random.Random(1)
    rule = ["".join(rng.choice("ab") + "x" for _ in range(6)) for _ in range(60)]
    network, lesson = train_letters(rule[:50], rule[50:], 0)
    # Every other letter is x for certain, the rest two even chances or the end.
    assert lesson.perplexity < 1.8 < lesson.alone and lesson.steps < 2000
    generator = torch.Generator().manual_seed(0)
    lines = [line for line, _ in spell_lines(network, 20, 40, 0.5, generator)]
    assert sum(bool(re.fullmatch("([ab]x)+", line)) for line in lines) >= 18


def test_weights_of_another_corpus_or_a_damaged_file_are_not_used(tmp_path):
    from generate.phrases.learned.network import Lesson

    path = tmp_path / "learned.safetensors"
    network = Letters("ab").eval()
    save_letters(network, Lesson(20, 2.0, 3.0), path, "key")
    found, lesson = load_letters(path, "key")
    assert lesson == Lesson(20, 2.0, 3.0)
    codes = network.encode(["abba"])
    assert torch.equal(found(codes.clamp(min=0))[0], network(codes.clamp(min=0))[0])
    assert load_letters(path, "other") is None
    path.write_bytes(path.read_bytes()[:90])
    assert load_letters(path, "key") is None and load_letters(tmp_path / "no", "key") is None


def test_no_corpus_is_one_clear_line(settings, language, tmp_path):
    bare = settings.model_copy(update={"home": tmp_path})
    with pytest.raises(Refusal, match=r"content/corpus\.txt: no such file"):
        write_phrases(bare, language, make_briefs(1))
