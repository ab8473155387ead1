"""Steps are taken back one by one, and nothing of a person's goes with them."""

import shutil

import pytest

from generate.build import build_pictures
from generate.errors import Refusal
from generate.files import read_json
from generate.hand.card import add_card
from generate.hand.cross import add_cross
from generate.hand.keep import keep_cards
from generate.hand.undo import undo_step
from generate.keeping import steps as keeping_steps
from generate.keeping.steps import MOST, list_steps, recorded
from generate.keeping.trash import list_trash
from generate.recipe import digest_folder
from generate.settings import read_settings
from tests.jungles import ROOT

FIXTURE = ROOT / "tests/fixtures/jungle-0.1.0"


@pytest.fixture
def published(tmp_path):
    shutil.copytree(FIXTURE, tmp_path / "home/content")
    return read_settings(tmp_path / "home")


def test_nothing_is_taken_back_where_nothing_was_done(published):
    before = digest_folder(published.content)
    assert undo_step(published) is None
    assert digest_folder(published.content) == before


def test_kept_cards_are_as_they_were(published):
    states = [digest_folder(published.content)]
    keep_cards(published, "2")
    states.append(digest_folder(published.content))
    keep_cards(published)
    assert keep_cards(published) == ([], ["beast-001", "beast-002", "beast-003"]), "no step"
    shutil.rmtree(published.work, ignore_errors=True)  # as make clean does
    assert [step.what for step in list_steps(published.home)] == ["keep beast-002", "keep 2 cards"]
    assert undo_step(published) == "keep 2 cards"
    assert digest_folder(published.content) == states[1]
    assert undo_step(published) == "keep beast-002"
    assert digest_folder(published.content) == states[0]
    assert undo_step(published) is None
    left = [path.name for path in (published.home / ".jungle/steps").iterdir()]
    assert left == ["index.json"]


def test_what_a_person_changed_since_is_named_and_left(published):
    keep_cards(published)
    path = published.bundles / "beast-002/postcard.md"
    path.write_text("Mine")
    before = digest_folder(published.content)
    with pytest.raises(Refusal, match=r"beast-002/postcard\.md: was changed since: keep 3 cards"):
        undo_step(published)
    assert digest_folder(published.content) == before
    assert len(list_steps(published.home)) == 1


def test_added_cards_go_to_the_trash_in_turn(jungle):
    settings = jungle("exposures = 64", count=2)
    build_pictures(settings)
    states = [digest_folder(settings.bundles)]
    path, _ = add_card(settings, "dark", 2)
    build_pictures(settings)
    child, _ = add_cross(settings, "1", path.parent.name, None)
    build_pictures(settings)
    made = {p: p.read_bytes() for p in child.parent.iterdir()}
    assert len(made) >= 5
    assert undo_step(settings) == "add beast-001-and-dark"
    assert not child.parent.exists() and path.parent.exists()
    trash = {entry.path: entry for entry in list_trash(settings.home)}
    for old, data in made.items():
        entry = trash[old.relative_to(settings.home).as_posix()]
        assert (settings.home / ".jungle/trash" / entry.sha256).read_bytes() == data
        assert entry.why == "taken back: add beast-001-and-dark"
    assert undo_step(settings) == "add dark"
    assert digest_folder(settings.bundles) == states[0]
    # A folder that a killed step left empty goes too.
    with recorded(settings.home, "add x", [settings.bundles / "x/postcard.md"]):
        (settings.bundles / "x").mkdir()
        (settings.bundles / "x/postcard.md").write_text("")
    (settings.bundles / "x/postcard.md").unlink()
    assert undo_step(settings) == "add x"
    assert digest_folder(settings.bundles) == states[0]
    assert not build_pictures(settings).faults
    assert digest_folder(settings.bundles) == states[0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notes.txt", r"holds files of your own \(notes.txt\); take them out"),
        ("picture.jpg", r"holds files of your own \(picture.jpg, picture.png\)"),
        ("card.json", "card.json: was edited by hand"),
        ("a parent", "own/postcard.md: dark is a parent of this card"),
        ("postcard.md", "postcard.md: was changed since: add dark"),
    ],
)
def test_a_card_with_something_of_a_persons_stays(jungle, name, said):
    settings = jungle("exposures = 64", count=1)
    path, _ = add_card(settings, "dark", 2)
    build_pictures(settings)
    if name == "a parent":
        (settings.bundles / "own").mkdir()
        text = "---\nparents: [beast-001, dark]\n---\n"
        (settings.bundles / "own/postcard.md").write_text(text)
    elif name == "picture.jpg":
        shutil.copy(settings.bundles / "beast-001/picture.png", path.parent / name)
    else:
        with (path.parent / name).open("a") as file:
            file.write(" ")
        if name == "card.json":
            text = (path.parent / name).read_text().replace('"Dark"', '"Mine"')
            (path.parent / name).write_text(text)
    before = digest_folder(settings.bundles)
    with pytest.raises(Refusal, match=said):
        undo_step(settings)
    assert digest_folder(settings.bundles) == before


def test_a_step_that_was_stopped_on_its_way_is_taken_back(published, monkeypatch):
    before = digest_folder(published.content)
    written = []
    write_line = "generate.hand.keep.write_line"
    from generate.hand import keep

    real = keep.write_line

    def stop(*given):
        if written:
            raise KeyboardInterrupt
        written.append(real(*given))

    monkeypatch.setattr(write_line, stop)
    with pytest.raises(KeyboardInterrupt):
        keep_cards(published)
    assert digest_folder(published.content) != before
    assert undo_step(published) == "keep 3 cards"
    assert digest_folder(published.content) == before
    # And by SIGKILL, which leaves no word of what became of it.
    monkeypatch.setattr(keeping_steps, "find_digest", lambda path: None)
    monkeypatch.setattr(keeping_steps, "write_steps", only_first(keeping_steps.write_steps))
    monkeypatch.setattr(write_line, real)
    keep_cards(published)
    monkeypatch.undo()
    assert list_steps(published.home)[-1].after == {}
    assert undo_step(published) == "keep 3 cards"
    assert digest_folder(published.content) == before


def only_first(write):
    done = []
    return lambda *given: done.append(1) or (write(*given) if len(done) == 1 else None)


def test_a_damaged_list_is_named(published):
    keep_cards(published, "1")
    path = published.home / ".jungle/steps/index.json"
    for text in ("[1]", "{}", '[{"what": 1, "when": "", "before": {}, "after": {}}]', "["):
        path.write_text(text)
        with pytest.raises(Refusal, match=r"index\.json"):
            undo_step(published)
    out = '[{"what": "x", "when": "", "before": {"../../a": "00"}, "after": {}}]'
    path.write_text(out)
    with pytest.raises(Refusal, match="is not in content/"):
        undo_step(published)


def test_so_many_steps_are_kept(published):
    path = published.bundles / "beast-001/postcard.md"
    for number in range(MOST + 3):
        with recorded(published.home, f"step {number}", [path]):
            path.write_text(f"{number}")
    found = list_steps(published.home)
    assert [found[0].what, found[-1].what] == ["step 3", f"step {MOST + 2}"]
    assert len(found) == MOST
    assert len(list((published.home / ".jungle/steps").iterdir())) == MOST + 1
    assert read_json(published.home / ".jungle/steps/index.json")
