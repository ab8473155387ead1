"""make account: every figure is that of its record, advice fits, nothing is written over."""

import html
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from generate.__main__ import main
from generate.account.advice import list_advice
from generate.account.plain import plain
from generate.account.stage import gather_account, tell_jungle
from generate.bundles.merged import read_cards
from generate.errors import Refusal
from generate.front_matter import split_front_matter
from generate.gallery.pages.articles import read_articles
from generate.pictures.families.registry import FAMILIES
from generate.settings import Settings, read_settings
from tests.account.figures import ROW, check_figures, list_rows
from tests.account.recorded import (
    HOSTILE,
    make_default,
    make_emoji,
    make_pets,
    read_json,
    write_jungle,
)

JUNGLES = {"default": make_default, "pets": make_pets, "emoji": make_emoji}
Make = Callable[[Path], Settings]


@pytest.fixture(params=JUNGLES)
def told(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Settings, str]:
    """One of the jungles, and the page that tells of it."""
    settings = JUNGLES[request.param](tmp_path)
    return settings, tell_jungle(settings).read_text(encoding="utf-8")


def test_every_figure_is_that_of_its_record(told: tuple[Settings, str]) -> None:
    settings, page = told
    check_figures(settings, page)
    assert "who wrote the field notes" in page


def test_no_figure_stands_outside_the_tables(told: tuple[Settings, str]) -> None:
    """What the prose and the advice say in numbers stands in a table too, or is the advice's own
    limit, or a line to write."""
    page = told[1].split("---\n", 2)[2]
    known = {number for row in list_rows(page) for number in re.findall(r"[\d,.]*\d", row[1])}
    limits = {"1,000", "6,016", "0.5"}
    prose = re.sub(
        r"!\[.*?\]\(.*?\)|`[^`]*`|^> .*$|^- .*$|^\d+\. ", "", ROW.sub("", page), flags=re.M
    )
    for line in prose.splitlines():
        if "pictures a minute" in line:
            seen = read_json(told[0].home / "work/model/jungle.json")["exposures"]
            took = read_json(told[0].home / "work/model/recipe.json")["seconds"]
            assert f"{round(60 * seen / took):,} pictures a minute" in line
        elif "sounds are held down" in line:
            assert re.search(r"2 of 5 sounds", line)
        else:
            assert set(re.findall(r"[\d,.]*\d", html.unescape(line))) <= known | limits, line


@pytest.mark.parametrize(
    ("make", "first"),
    [
        (make_default, ["of the colour of", "sounds are held down", "learnt on a processor"]),
        (make_pets, ["is rare", "are like music", "steps, where"]),
        (make_emoji, ["were still too few", "pictures are few", "stood in for the server"]),
    ],
)
def test_the_right_advice_comes_first(make: Make, first: list[str], tmp_path: Path) -> None:
    settings = make(tmp_path)
    advice = gather_account(settings, read_cards(settings)).advice
    for one, words in zip(advice, first, strict=False):
        assert words in one.told, [a.told for a in advice]
    page = tell_jungle(settings).read_text()
    places = [page.index(words) for words in first]
    assert places == sorted(places)


@pytest.mark.parametrize("make", JUNGLES.values())
def test_each_line_of_advice_is_a_setting(make: Make, tmp_path: Path) -> None:
    settings = make(tmp_path)
    path = settings.home / "content/jungle.toml"
    before = path.read_text()
    advice = gather_account(settings, read_cards(settings)).advice
    assert len(advice) >= 3
    for one in advice:
        key = one.line.split(" = ")[0]
        values = tomllib.loads(f"{one.table}\n{one.line}\n")
        section = one.table.strip("[]")
        others = [line for line in before.splitlines() if not line.startswith(f"{key} =")]
        if one.table in others:
            others.insert(others.index(one.table) + 1, one.line)
        else:
            others += [one.table, one.line]
        path.write_text("\n".join(others))
        changed = read_settings(settings.home)
        assert getattr(getattr(changed, section), key) == values[section][key]
        assert changed != settings or "…" in one.line or "add pictures" in one.line
        path.write_text(before)


def test_a_jungle_with_good_figures_is_left_alone(tmp_path: Path) -> None:
    settings = make_default(tmp_path)
    account = gather_account(settings, [])
    quiet = type(account.evidence)(settings)
    assert list_advice(quiet) == []


@pytest.mark.parametrize("make", JUNGLES.values())
def test_it_is_written_once_and_then_the_persons(make: Make, tmp_path: Path) -> None:
    settings = make(tmp_path)
    page = tell_jungle(settings)
    assert page.name == "making.md"
    edited = page.read_text() + "\nMine.\n"
    page.write_text(edited)
    picture = tmp_path / "content/pages/making/cards.webp"
    picture.write_bytes(b"mine too")
    assert tell_jungle(settings) == page and page.read_text() == edited
    toml = tmp_path / "content/jungle.toml"
    toml.write_text("seed = 12\n" + toml.read_text().replace("seed = 11\n", ""))
    second = tell_jungle(read_settings(tmp_path))
    assert second.name == "making-2.md" and page.read_text() == edited
    assert picture.read_bytes() == b"mine too"
    assert (tmp_path / "content/pages/making-2/cards.webp").read_bytes()[:4] == b"RIFF"
    # The new one waits beside, and the site shows the person's alone.
    assert split_front_matter(second)[0]["hidden"] is True
    assert [a.path for a in read_articles(settings)] == ["making.html"]
    assert tell_jungle(read_settings(tmp_path)) == second


def test_an_interrupted_account_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_default(tmp_path)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("generate.account.stage.write_text", stop)
        tell_jungle(settings)
    assert not (tmp_path / "content/pages/making.md").exists()
    assert tell_jungle(settings).name == "making.md"
    assert not (tmp_path / "content/pages/making-2").exists()


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    settings = make_pets(tmp_path)
    page = tell_jungle(settings, readme=True)
    (article,) = read_articles(settings)
    shown = str(article.html)
    assert "<script" not in shown and "<b>" not in shown and "evil.example" in shown
    names = ("before", "after", "cards")
    assert {*re.findall(r'<img src="pages/(\w+)\.', shown)} == {*names}
    assert shown.count("<img") == 3
    assert all((tmp_path / f"content/pages/making/{name}.webp").is_file() for name in names)
    # The words are read as they were written.
    assert "<script>alert(1)</script>" in html.unescape(re.sub(r"<[^>]*>", "", shown))
    assert "Postcards" not in shown and "{title}" in html.unescape(shown)
    for name in ("README.md", "MODEL_CARD.md", "DATA_CARD.md"):
        text = (tmp_path / name).read_text()
        assert "<script" not in text and "](http" not in text and "<img" not in text
    # Folders of a person's own are named where the site may name them, and nowhere else.
    every = [page, *(tmp_path / n for n in ("README.md", "MODEL_CARD.md", "DATA_CARD.md"))]
    assert not any("secret" in path.read_text() for path in every)


def test_plain_words_have_no_markup() -> None:
    from generate.gallery.pages.markdown import render_markdown

    for text in (
        HOSTILE,
        "# a",
        "1. b",
        "- c",
        "+ d",
        "a\n\n# b",
        "http://x.example",
        "~~a~~ __b__",
    ):
        for line in (f"- {plain(text)}", f"| a | b |\n|---|---|\n| {plain(text)} | c |"):
            made = render_markdown(line, full=True)
            tags = set(re.findall(r"<(\w+)", made))
            assert tags <= {"ul", "li", "table", "thead", "tbody", "tr", "th", "td"}, made
            assert made.count("<td") in (0, 2), made
    assert plain("a\u202eb\u0007") == "ab" and len(plain("x" * 999)) == 300


def test_readme_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = make_default(tmp_path)
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "DATA_CARD.md").symlink_to(tmp_path / "nowhere")
    tell_jungle(settings, readme=True)
    assert (tmp_path / "README.md").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists() and (tmp_path / "MODEL_CARD.md").is_file()
    assert capsys.readouterr().out.count("is there and stays") == 2


@pytest.mark.parametrize("make", JUNGLES.values())
def test_cards_have_the_form_of_the_hub(make: Make, tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub")
    settings = make(tmp_path)
    tell_jungle(settings, readme=True)
    model = hub.ModelCard.load(tmp_path / "MODEL_CARD.md")
    data = hub.DatasetCard.load(tmp_path / "DATA_CARD.md")
    assert model.data.license == data.data.license
    assert (model.data.license == "cc-by-4.0") == (settings.pictures.source == "field-guide")
    assert model.data.pipeline_tag == "text-to-image" and data.data.size_categories == ["n<1K"]
    if make is make_default:
        values = {r.metric_type: r.metric_value for r in model.data.eval_results}
        assert values["saturation, over that of the training pictures"] == 0.55125
    front = yaml.safe_load((tmp_path / "MODEL_CARD.md").read_text().split("---")[1])
    assert front["library_name"] == "diffusers"
    readme = (tmp_path / "README.md").read_text()
    for path in re.findall(r"\]\(([^)]+)\)", readme):
        assert (tmp_path / path).is_file(), path


def test_nothing_to_tell_of(tmp_path: Path) -> None:
    settings = write_jungle(tmp_path, "count = 2\n")
    with pytest.raises(Refusal, match="no cards yet; run make build"):
        tell_jungle(settings)
    assert not (tmp_path / "content/pages").exists()


@pytest.mark.parametrize(
    "name", ["work/model/jungle.json", "work/dataset/metadata.jsonl", "work/dataset/recipe.json"]
)
def test_a_broken_record_is_named(name: str, tmp_path: Path) -> None:
    settings = make_default(tmp_path)
    (tmp_path / name).write_text("{broken")
    with pytest.raises(Refusal, match=Path(name).name):
        tell_jungle(settings)
    assert not (tmp_path / "content/pages/making.md").exists()


@pytest.mark.parametrize("value", ["[]", '{"held_out": {}, "exposures": true, "plan": [1]}', "3"])
def test_records_of_another_form_are_passed_over(value: str, tmp_path: Path) -> None:
    settings = make_default(tmp_path)
    for name in (
        "model/jungle.json",
        "model/recipe.json",
        "report/loss.json",
        "dataset/recipe.json",
    ):
        (tmp_path / "work" / name).write_text(value)
    (tmp_path / "work/report/loss.png").write_bytes(b"no picture")
    page = tell_jungle(settings).read_text()
    assert "held-out loss" not in page and "loss.webp" not in page


def test_links_out_of_content_are_refused(tmp_path: Path) -> None:
    settings = make_default(tmp_path / "jungle")
    (tmp_path / "outside").mkdir()
    (tmp_path / "jungle/content/pages").symlink_to(tmp_path / "outside")
    with pytest.raises(Refusal):
        tell_jungle(settings)
    assert not any((tmp_path / "outside").iterdir())


def test_every_recipe_is_told_of() -> None:
    assert all(spec.told for spec in FAMILIES.values())


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_default(tmp_path)
    assert main(["--home", str(tmp_path), "account", "README=1"]) == 0
    assert capsys.readouterr().out.count("written") == 4
    assert (tmp_path / "README.md").is_file()
