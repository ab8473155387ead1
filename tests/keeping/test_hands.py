"""Random hands against builds: every byte that a person wrote is in content/ or in the trash.

JUNGLE_SEQUENCES says how many sequences are tried; without it, a few, always the same.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from generate.bundles.merged import read_cards
from generate.cards import MEDIA as KINDS
from generate.cards import find_file, is_edited, read_card, read_message, state_of
from generate.errors import Refusal
from generate.files import is_leftover
from generate.keeping.trash import list_trash
from generate.phrases.language.file import is_untouched
from generate.recipe import digest_bytes
from tests.keeping.builds import Second, Told, build, kill_a_build, met
from tests.keeping.person import CARDS, DEEDS, MEDIA, Hand, Person
from tests.keeping.sketches import sketched, write_jungle  # noqa: F401

SEQUENCES = os.environ.get("JUNGLE_SEQUENCES")
ONE = st.tuples(st.sampled_from(DEEDS), st.sampled_from(CARDS), st.sampled_from(MEDIA))
HANDS = st.lists(ONE, min_size=2, max_size=5)
# None too, so that what the stages made is not yet anybody's.
FEW_HANDS = st.lists(ONE, max_size=2)
AT, SEED = st.integers(0, 60), st.integers(7, 9)
# These belong to a picture, and go to the trash when that is made anew.
BESIDE = ("frames.webp", "nearest.webp")


class Hands(RuleBasedStateMachine):
    """A person, builds, and what must hold after each."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="hands-"))
        self.content = self.home / "content"
        self.person, self.seed = Person(self.home), 7

    def teardown(self) -> None:
        try:
            for _ in range(3):  # what is refused is mended, and the next build goes on
                self.build(False)
            before = self.read_content()
            self.build(False)
            assert self.read_content() == before, "a build with nothing to do changed content/"
            self.build(True)
        finally:
            shutil.rmtree(self.home)

    def read_content(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.content.rglob("*") if path.is_file()}

    @initialize(late=FEW_HANDS, card=st.sampled_from(CARDS), at=AT)
    def begin(self, late: list[Hand], card: str, at: int) -> None:
        write_jungle(self.home)
        self.person.do("put", "cat", "picture.png")
        late = [*late, ("message", card, "")]  # perhaps just when the stages write one
        self.build_while_hands_work([], self.seed, False, at, late)
        self.person.back_up()
        self.person.commit()

    @rule(hands=HANDS, seed=SEED, force=st.booleans())
    def build_after_hands(self, hands: list[Hand], seed: int, force: bool) -> None:
        self.use(hands, seed)
        self.build(force)

    @rule(hands=HANDS, seed=SEED, force=st.booleans(), at=AT, late=HANDS)
    def build_while_hands_work(
        self, hands: list[Hand], seed: int, force: bool, at: int, late: list[Hand]
    ) -> None:
        def work() -> None:
            self.person.late = set()
            self.use(late, self.seed)

        self.use(hands, seed)
        told = build(self.home, self.seed, force, met(at, work))
        self.judge(told, force)

    @rule(hands=FEW_HANDS, seed=SEED, force=st.booleans(), at=AT, late=FEW_HANDS)
    def kill_a_build(
        self, hands: list[Hand], seed: int, force: bool, at: int, late: list[Hand]
    ) -> None:
        self.use(hands, seed)
        kill_a_build(self.home, self.seed, force, at)
        self.give_up(force)
        self.look_for_bytes()
        self.use(late, seed)
        self.build(False)

    @rule(hands=HANDS, seed=SEED, other=SEED, force=st.booleans(), at=AT)
    def build_twice_at_once(
        self, hands: list[Hand], seed: int, other: int, force: bool, at: int
    ) -> None:
        self.use(hands, seed)
        second = Second(self.home, other)
        told = build(self.home, self.seed, force, met(at, second.start))
        ended = second.join()
        self.judge(told, force)
        if ended is not None:
            self.seed = other
            self.judge(ended, False)

    @rule(card=st.sampled_from(CARDS[:2]), name=st.sampled_from(MEDIA[:4]), seed=SEED, at=AT)
    def put_while_forced(self, card: str, name: str, seed: int, at: int) -> None:
        """FORCE=1 gives up what lay there when the build began, not what comes later."""
        self.person.do("put", card, name)
        self.build_while_hands_work([], seed, True, at, [("put", card, name)])

    @rule(card=st.sampled_from(CARDS), name=st.sampled_from(MEDIA), seed=SEED)
    def regret_force(self, card: str, name: str, seed: int) -> None:
        """One's own file is given up by FORCE=1, and then comes back from a backup."""
        path = self.content / "postcards" / card / name
        self.person.do("put", card, name)
        self.build(False)
        self.person.back_up()
        self.build(True)
        if path in self.person.backup[0]:
            self.person.restore(path)
        self.use([], seed)
        self.build(False)

    def use(self, hands: list[Hand], seed: int) -> None:
        for hand in hands:
            self.person.do(*hand)
        self.seed = seed
        if self.person.late is None:
            self.note_kept()

    def note_kept(self) -> None:
        """The cards that are to be kept, as a build that begins now finds them."""
        self.kept = {card for card in CARDS if self.keeps(card)}

    def build(self, force: bool) -> None:
        self.note_kept()
        self.judge(build(self.home, self.seed, force), force)

    def keeps(self, card: str) -> bool:
        """Whether the person said ``keep: true``."""
        try:
            return bool(read_message(self.content / "postcards" / card)[0].get("keep"))
        except Refusal:
            return False

    def give_up(self, force: bool) -> None:
        """Forget where things lay that a build may have replaced; they are in the trash then."""
        now, late = self.person.now, self.person.late or set()
        for path, data in list(now.placed.items()):
            medium, kept = path.name.split(".")[0], path.parent.name in self.kept
            given = medium in KINDS and force and path not in late and not kept
            given |= path.name in BESIDE or path.name == "card.json"
            given |= path.name == "language.toml" and force
            if given and not (path.is_file() and path.read_bytes() == data):
                if path.name == "language.toml":
                    beside = [other.read_bytes() for other in path.parent.glob("language*.toml")]
                    assert data in beside, "an edited language has no backup beside it"
                del now.placed[path]
        for card in list(now.titles):
            record = self.content / "postcards" / card / "card.json"
            if force and record not in late and card not in self.kept:
                del now.titles[card]
        self.person.late = None

    def look_for_bytes(self) -> None:
        kept = {entry.sha256 for entry in list_trash(self.home)}
        for path, data in self.person.now.mine.items():
            there = path.is_file() and path.read_bytes() == data
            assert there or digest_bytes(data) in kept, f"{path} is lost: {data[:80]!r}"
        for sha256 in kept:
            assert digest_bytes((self.home / ".jungle/trash" / sha256).read_bytes()) == sha256

    def judge(self, told: Told, force: bool) -> None:
        """See that nothing is lost, that all is where it should be, and that faults are named."""
        self.give_up(force)
        self.look_for_bytes()
        now = self.person.now
        for path, data in now.placed.items():
            assert path.is_file() and path.read_bytes() == data, f"{path} was replaced"
        for card, title in now.titles.items():
            found = read_card(self.content / "postcards" / card)
            assert found.get("title") == title, f"the edit of {card}'s card.json is lost"
        self.look_at_what_counts_as_theirs()
        for line in told.lines:
            if "was put there or changed while the build ran" in line:
                assert any(str(path) in line for path in now.touched), line
        for fault in [*told.faults, *filter(None, [told.refusal])]:
            named = [path for path in self.content.rglob("*") if str(path) in fault]
            assert any(str(path) in fault for path in [*named, *now.mine, *now.touched]), fault
            for path in named if fault == told.refusal else ():
                if path.is_file():
                    self.person.remove(path)
            if "has no picture" in fault:
                self.person.do("put", "cat", "picture.png")
        if told.refusal:
            return
        leftovers = [path for path in self.home.rglob(".*") if is_leftover(path)]
        assert not leftovers, leftovers
        try:
            assert len(read_cards(write_jungle(self.home, self.seed))) <= len(CARDS)
        except Refusal as broken:
            # A build passes over a broken card; only a person may have broken it.
            assert any(str(path) in str(broken) for path in now.mine), broken

    def look_at_what_counts_as_theirs(self) -> None:
        """Nothing that the stages made is taken for a person's."""
        touched, language = self.person.now.touched, self.content / "language.toml"
        if language.is_file() and language not in touched:
            assert is_untouched(language.read_text()), f"{language} counts as edited"
        for folder in self.content.glob("postcards/*"):
            try:
                card = read_card(folder)
            except Refusal:
                continue
            if folder / "card.json" not in touched:
                assert not is_edited(card), f"{folder}/card.json counts as edited"
            for medium, names in KINDS.items():
                made = card.get("made", {}).get(medium, {})
                if (folder.name, medium) not in touched and find_file(folder, names, made):
                    # "missing": ours, to be made anew by a run that was stopped or refused
                    state = state_of(folder, names, made)
                    assert state != "theirs", f"the {medium} of {folder} counts as a person's"


@pytest.mark.usefixtures("sketched")
def test_no_byte_of_a_persons_is_lost():
    run_state_machine_as_test(
        Hands,
        settings=settings(
            max_examples=int(SEQUENCES or 4),
            stateful_step_count=5,
            deadline=None,
            derandomize=not SEQUENCES,
            # A fault is told as it was found: the search for a shorter one takes long.
            phases=[Phase.generate] if SEQUENCES else list(Phase),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.usefixtures("sketched")
@pytest.mark.parametrize("at", [3, 17, 40])
def test_two_builds_at_once_leave_nothing_that_counts_as_theirs(at):
    state = Hands()
    state.begin(late=[], card="cat", at=60)
    state.build_twice_at_once(
        [("put", "cat", "picture.png"), ("message", "beast-001", "")],
        seed=8,
        other=9,
        force=False,
        at=at,
    )
    state.teardown()
