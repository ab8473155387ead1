"""A simulated person with a hidden liking is understood; beliefs, switches, wishes are obeyed."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from generate.build import build_pictures
from generate.cards import read_message
from generate.errors import Refusal
from generate.pictures import STARTER
from generate.pictures.model_folder import read_prompts, read_vocabulary_of
from generate.settings import read_settings
from generate.studio.taste.beliefs import tell, tell_beliefs
from generate.studio.taste.choices import Choice, measure_look, read_choices, write_choice
from generate.studio.taste.model import fit, learn_taste
from generate.studio.taste.proposals import combine, propose, share, write_prompt
from generate.studio.taste.wishes import change_wishes, find_wishes, read_wishes

VOCABULARY, PROMPTS = read_vocabulary_of(STARTER), read_prompts(STARTER)
GROUPS = dict(zip(VOCABULARY.tokens, VOCABULARY.groups, strict=True))


class Person:
    """Likes beasts of some colours, if they are of some bodies, at some hours: nothing else."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.liking = {"colour": self.pick("colour", 3), "plan": self.pick("plan", 6)}
        self.liking["hour"] = self.pick("hour", 2)

    def pick(self, group: str, count: int) -> set[str]:
        known = [token for token in VOCABULARY.tokens if GROUPS[token] == group]
        return set(self.chance.choice(known, count, replace=False))

    def likes(self, words) -> bool:
        return all(wanted & words.keys() for wanted in self.liking.values())

    def meet(self, count: int):
        """Pairs of words of pictures, of which the first is liked and the second is not."""
        yes, no = [], []
        while min(len(yes), len(no)) < count:
            words = combine(VOCABULARY, PROMPTS, self.chance)
            (yes if self.likes(words) else no).append(words)
        return list(zip(yes, no, strict=False))[:count]


def learn(pairs):
    words = list(itertools.chain(*pairs))
    return learn_taste(words, [{}] * len(words), [True, False] * len(pairs))


def weigh(taste, words):
    return float(taste.weigh(taste.describe(words, {})[None])[0])


@pytest.fixture(scope="module")
def known():
    """Five people, and what is known of each after 40 choices."""
    people = [Person(seed) for seed in range(4)]
    return [(person, learn(person.meet(40))) for person in people]


def test_after_forty_choices_new_pairs_are_told_apart(known):
    for person, taste in known:
        new = person.meet(60)
        right = [weigh(taste, yes) > weigh(taste, no) for yes, no in new]
        assert np.mean(right) >= 0.75


def test_proposals_are_liked_twice_as_often_and_stay_apart(known):
    liked, usual, apart = [], [], []
    for person, taste in known:
        steered = [propose(taste, VOCABULARY, PROMPTS, 9, seed) for seed in range(4)]
        plain = [[combine(VOCABULARY, PROMPTS, person.chance) for _ in range(9)] for _ in range(40)]
        liked.append(np.mean([person.likes(one) for nine in steered for one in nine]))
        usual.append(np.mean([person.likes(one) for nine in plain for one in nine]))
        apart.append(find_distance(steered) / find_distance(plain[:8]))
    assert np.mean(liked) >= 2 * np.mean(usual)
    assert all(one > other for one, other in zip(liked, usual, strict=True))
    assert min(apart) >= 0.8


def find_distance(lists) -> float:
    pairs = [pair for nine in lists for pair in itertools.combinations(nine, 2)]
    return float(np.mean([1 - share(one, other) for one, other in pairs]))


def test_what_is_believed_is_true_of_the_person(known):
    told = right = 0
    for person, taste in known:
        wanted = set().union(*person.liking.values())
        for belief in tell_beliefs(taste):
            parts = [part.split("=") for part in belief.name.split("&")]
            if len(parts) == 1 and parts[0][0] in person.liking:
                told += 1
                right += belief.likes == (parts[0][1] in wanted)
                assert belief.says.startswith("You like" if belief.likes else "You avoid")
    assert told >= 10 and right / told >= 0.9


def test_a_belief_that_is_switched_off_counts_no_more(known):
    taste = known[0][1]
    belief = next(one for one in tell_beliefs(taste) if one.likes and "&" not in one.name)
    token = belief.name.split("=")[1]
    count = {}
    for off in ((), (belief.name,)):
        shown = [
            one
            for seed in range(6)
            for one in propose(taste, VOCABULARY, PROMPTS, 9, seed, off=off)
        ]
        count[off] = sum(token in one for one in shown)
    assert count[()] > count[(belief.name,)]


def test_wishes_are_obeyed_whatever_is_believed(known):
    for _, taste in known:
        nine = propose(taste, VOCABULARY, PROMPTS, 9, 1, ["horns", "moth"], ["blue", "night"])
        assert len(nine) == 9 == len({write_prompt(one) for one in nine})
        for one in nine:
            assert {"horns", "moth"} <= one.keys() and not {"blue", "night"} & one.keys()
            assert sum(GROUPS[token] == "plan" for token in one) == 1
            found, unknown = VOCABULARY.find(write_prompt(one))
            assert set(found) == set(one) and not unknown  # it is understood as it is meant


def test_proposals_of_captions_and_of_nothing():
    vocabulary = type(VOCABULARY)(("cat", "dog", "snow"), ("word",) * 3)
    rows = [{"text": "a cat in snow", "tags": {}}, {"text": "a dog", "tags": {}}]
    nine = propose(learn_taste([], [], []), vocabulary, rows, 9, 0, never=["dog"])
    assert nine == [{"cat": "word", "snow": "word"}]
    assert propose(learn_taste([], [], []), vocabulary, [], 9, 0) == []


def test_the_weights_are_the_most_probable_ones():
    generator = np.random.default_rng(1)
    rows, likes = generator.normal(size=(60, 4)), generator.random(60) < 0.4
    precision = np.array([1.0, 4.0, 0.5, 1.0])
    mean, spread = fit(rows, likes.astype(float), precision)

    def loss(weights):
        logits = rows @ weights
        return (np.log1p(np.exp(logits)) - likes * logits).sum() + (
            precision * weights**2
        ).sum() / 2

    for place in range(4):
        step = np.eye(4)[place] * 1e-3
        assert loss(mean) < min(loss(mean + step), loss(mean - step))
        bend = (loss(mean + step) + loss(mean - step) - 2 * loss(mean)) / 1e-6
        assert bend == pytest.approx(np.linalg.inv(spread)[place, place], rel=1e-3)


@pytest.mark.parametrize(
    ("name", "likes", "says"),
    [
        ("plan=snail", True, "You like snails."),
        ("plan=fish", False, "You avoid fish."),
        ("plan=octopus", False, "You avoid octopuses."),
        ("coat=stripes&hour=night", True, "You like stripes at night."),
        ("habitat=swamp&plan=bat", False, "You avoid bats in the swamp."),
        ("hour=dawn", True, "You like what is at dawn."),
        ("look:bright", False, "You like dark pictures."),
    ],
)
def test_beliefs_are_plain_sentences(name, likes, says):
    assert tell(name, likes) == says


def test_a_look_is_measured_and_learnt():
    dark, red = np.zeros((3, 8, 8), np.uint8), np.zeros((3, 8, 8), np.uint8)
    red[0] = 255
    assert measure_look(dark) == {"bright": 0.0, "warm": 0.5, "colourful": 0.0}
    assert measure_look(red) == {
        "bright": pytest.approx(1 / 3, abs=1e-3),
        "warm": 1,
        "colourful": 1,
    }
    looks = [{"bright": 0.2 + 0.5 * (number % 2)} for number in range(20)]
    taste = learn_taste([{}] * 20, looks, [number % 2 == 0 for number in range(20)])
    assert [one.says for one in tell_beliefs(taste)] == ["You like dark pictures."]


def test_choices_are_lines_and_the_last_one_counts(write_settings):
    settings = write_settings("title = 'x'")
    for likes in (True, False):
        write_choice(settings, Choice(picture="a", likes=likes, shows={"owl": "plan"}))
    write_choice(settings, Choice(picture="b", likes=True))
    write_choice(settings, Choice(picture="b", likes=None))
    assert {name: one.likes for name, one in read_choices(settings).items()} == {"a": False}
    path = settings.content / "taste/choices.jsonl"
    before = path.read_text()
    assert before.count("\n") == 4
    for wrong, told in (
        ('{"picture": "", "likes": true}', "choice 5: picture"),
        ('{"picture": "c", "likes": "yes"}', "choice 5: likes"),
        ("[]", "choice 5"),
    ):
        path.write_text(before + wrong + "\n")
        with pytest.raises(Refusal, match=told):
            write_choice(settings, Choice(picture="d", likes=True))
        assert path.read_text() == before + wrong + "\n"
    path.write_text(before + "{half")
    with pytest.raises(Refusal, match="choices"):
        read_choices(settings)


def test_wishes_are_a_file_to_edit(write_settings):
    settings = write_settings("title = 'x'")
    change_wishes(settings, "always", ["horns"], True)
    change_wishes(settings, "never", ["blue", "red"], True)
    path = find_wishes(settings)
    path.write_text(path.read_text() + "# mine\n")
    change_wishes(settings, "never", ["red"], False)
    wishes = read_wishes(settings)
    assert (wishes.always, wishes.never, wishes.off) == (["horns"], ["blue"], [])
    assert "# mine" in path.read_text()
    for wrong in ('always = "horns"', "sometimes = []", "never = [1]", "never = ["):
        path.write_text(wrong)
        with pytest.raises(Refusal, match="wishes"):
            read_wishes(settings)
        assert path.read_text() == wrong


def test_marks_wishes_and_beliefs_are_asked_for(studio):
    before = studio.state()["taste"]["marks"]
    sheet = studio.draw(take=900)
    name = sheet["name"]
    for take in range(900, 909):
        assert studio.post("mark", {"sheet": name, "take": take, "likes": take % 2 == 0})[0] == 200
    taste = studio.state()["taste"]
    marked = {f"{name}/{take}": take % 2 == 0 for take in range(900, 909)}
    assert taste["marks"] == before | marked
    shows = read_choices(read_settings(studio.home))[f"{name}/900"]
    assert shows.shows == {"bright": "class"} and set(shows.looks) == {
        "bright",
        "warm",
        "colourful",
    }
    assert studio.post("wish", {"kind": "always", "words": "darks"})[1] == {"words": ["dark"]}
    assert studio.state()["taste"]["proposals"] == ["dark"]
    assert studio.post("wish", {"kind": "never", "words": "dark"})[0] == 200
    taste = studio.state()["taste"]
    assert (taste["always"], taste["never"]) == ([], ["dark"])
    assert studio.post("wish", {"kind": "never", "words": "dark", "wanted": False})[0] == 200
    for path, wrong in (
        ("mark", {"sheet": name, "take": 1, "likes": True}),
        ("mark", {"sheet": "../../x", "take": 1, "likes": True}),
        ("mark", {"slug": "../x", "likes": True}),
        ("mark", {"likes": True}),
        ("mark", {"sheet": name, "take": 900, "likes": "yes"}),
        ("wish", {"kind": "always", "words": "zebra"}),
        ("wish", {"kind": "always", "words": ""}),
        ("wish", {"kind": "often", "words": "dark"}),
        ("belief", {"name": "class=zebra", "on": False}),
        ("word", {"name": "two words"}),
        ("word", {"more": 1}),
        ("draw", {"prompts": ["bright", "zebra"], "count": 2, "guidance": 3}),
        ("draw", {"prompts": ["bright"], "count": 2, "guidance": 3}),
    ):
        assert studio.post(path, wrong)[0] == 400, (path, wrong)
    for take in range(900, 909):
        studio.post("mark", {"sheet": name, "take": take, "likes": None})
    assert studio.state()["taste"]["marks"] == before


def test_a_card_of_a_proposal_shows_the_very_same(studio):
    row = studio.draw(prompt=None, prompts=["bright", "dark", "dark bright"], count=3, take=31)
    assert row["state"] == "drawn" and row["same"] and row["takes"] == [1, 2, 3]
    answer = studio.post("card", {"sheet": row["name"], "take": 2})[1]
    settings = read_settings(studio.home)
    folder = settings.bundles / answer["slug"]
    assert read_message(folder)[0] == {"prompt": "dark", "take": 31}
    build_pictures(settings)
    seen = studio.get(f"sheets/{row['name']}/2")[1]
    one, other = (
        np.asarray(Image.open(io.BytesIO(data)))
        for data in (seen, (folder / "picture.png").read_bytes())
    )
    assert np.array_equal(one, other)
