"""Translations, sentence by sentence, as a reader would write them."""

import pytest

from generate.phrases.english.sentences import say, third_person
from generate.phrases.language.concepts import CONCEPTS, make_noun, make_verb
from generate.phrases.language.message import check_message, read_message


@pytest.mark.parametrize(
    ("note", "english"),
    [
        ("s=I v=sleep", "I sleep."),
        ("s=moon v=sleep", "The moon sleeps."),
        ("s=leaf+ v=sleep", "The leaves sleep."),
        ("s=two_child v=go.PST", "Two children went."),
        ("s=it v=carry o=berry+", "It carries berries."),
        ("s=I v=see.PST o=egg", "I saw an egg."),
        ("s=I v=see.PST o=moon", "I saw the moon."),
        ("s=I v=eat.PST.NEG o=soup", "I didn't eat soup."),
        ("s=she v=sleep".replace("she", "everyone"), "Everyone sleeps."),
        ("s=we v=dance.FUT.NEG", "We won't dance."),
        ("s=you v=sleep.Q", "Do you sleep?"),
        ("s=moon p=red.PST.Q", "Was the moon red?"),
        ("s=who v=eat.PST o=cake", "Who ate a cake?"),
        ("s=you v=eat.PST o=what", "What did you eat?"),
        ("a=where s=rain v=sleep", "Where does the rain sleep?"),
        ("a=why s=my_ear+ p=green", "Why are my ears green?"),
        ("v=bring.IMP o=soup to=I", "Bring me soup."),
        ("v=bring.IMP.NEG o=soup to=moon", "Don't bring soup to the moon."),
        ("s=sun v=return.OPT", "May the sun return."),
        ("s=sun v=return.OPT.NEG", "May the sun not return."),
        ("s=rain v=fall.ITER", "The rain keeps falling."),
        ("s=rain v=fall.PST.ITER", "The rain kept falling."),
        ("a=always s=I p=hungry", "I am always hungry."),
        ("a=never s=I v=sleep", "I never sleep."),
        ("a=tonight s=I v=sleep at=river", "I sleep by the river tonight."),
        ("s=I v=sleep at=night", "I sleep at night."),
        ("s=one_stone v=exist at=hat", "There is one stone in the hat."),
        ("s=seven_stone v=exist.PST at=hat", "There were seven stones in the hat."),
        ("x=splash s=moon v=fall.PST", "Splash! The moon fell."),
        ("x=alas s=moon v=fall.PST", "Alas, the moon fell."),
        ("s=I v=hope ; that s=you v=come", "I hope you come."),
        ("s=I v=suspect ; that s=you v=come", "I suspect that you come."),
        ("s=I v=fall.PST ; and v=laugh.PST", "I fell and laughed."),
        ("s=I v=fall.PST ; and s=you v=laugh.PST", "I fell, and you laughed."),
        ("s=moon's_hat p=your_home", "The moon's hat is your home."),
        ("s=some_red!_stranger v=wake_up.PST", "A certain very red stranger woke up."),
        ("s=many_rain v=fall", "Much rain falls."),
        ("s=this_foot+ v=grow", "These feet grow."),
        ("s=this_day p=my_birthday", "Today is my birthday."),
        ("s=I v=go.PST to=home", "I went home."),
        ("s=every_your_river v=know o=I", "Each of your rivers knows me."),
        ("s=no_my_hat v=fall.PST", "None of my hats fell."),
        ("s=I v=eat.PST o=one_your_berry", "I ate one of your berries."),
        ("s=I v=eat.PST o=every_my_soup", "I ate all of my soup."),
        ("s=this_my_hat v=sleep", "This hat of mine sleeps."),
        ("s=I v=see o=some_moon's_hat", "I see a certain hat of the moon's."),
        ("s=I v=see o=three_our_hat", "I see three of our hats."),
        ("s=I p=merry at=dusk like=root", "I am as merry as a root at dusk."),
        ("s=I p=merry! like=root", "I am very merry like a root."),
        ("s=I p=warm to=you like=root", "I am as warm as a root to you."),
    ],
)
def test_translation(note: str, english: str) -> None:
    message = read_message(note)
    check_message(message)
    assert say(message, CONCEPTS) == english


@pytest.mark.parametrize(
    ("lemma", "third"),
    [
        ("go", "goes"),
        ("carry", "carries"),
        ("wake up", "wakes up"),
        ("have", "has"),
        ("say", "says"),
    ],
)
def test_third_person(lemma: str, third: str) -> None:
    assert third_person(lemma) == third


def test_regular_forms_of_added_words() -> None:
    assert make_noun("fox").plural == "foxes"
    assert make_noun("city").plural == "cities"
    assert make_noun("toy").plural == "toys"
    verb = make_verb("tidy_up")
    assert (verb.english, verb.past, verb.ing) == ("tidy up", "tidied up", "tidying up")
    assert make_verb("agree").ing == "agreeing"


def test_notation_survives_a_round_trip() -> None:
    note = "x=oh a=often s=two_moon's_red!_leaf.dim v=see.PST.NEG o=I at=night with=my_hat+"
    assert read_message(note).note == note
