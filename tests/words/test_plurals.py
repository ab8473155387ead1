"""Articles by sound, and singulars."""

import pytest

from generate.words.english import add_article, list_singulars


@pytest.mark.parametrize(
    "said",
    """an elephant; an owl; an ibis; an hourglass dolphin; an umbrellabird; an ounce; an x-ray fish
    an upside-down catfish; an émeu; an unnamed beast; an 8-spotted moth; an english setter
    a dog; a unicorn; a unicornfish; a ewe; a european robin; a eurasian lynx; a uakari; a urial
    a one-horned rhino; a honey badger; a yak; a xerus; a utah prairie dog; a union jack
    cattle""".replace("\n", ";").split(";"),
)
def test_the_article_follows_the_sound(said):
    name = said.strip().removeprefix("an ").removeprefix("a ")
    assert add_article(name) == said.strip()


@pytest.mark.parametrize(
    ("many", "one"),
    [
        pair.split()
        for pair in """dogs dog; wolves wolf; butterflies butterfly; mice mouse; dormice dormouse
        foxes fox; finches finch; horses horse; geese goose; gorillas gorilla""".replace(
            "\n", ";"
        ).split(";")
    ],
)
def test_a_plural_has_its_singular_among_the_likely(many, one):
    assert one in list_singulars(many)


@pytest.mark.parametrize("word", ["sheep", "grass", "albatross", "cat"])
def test_no_plural_has_no_singular(word):
    assert list_singulars(word) == []
