"""Long Markdown is rendered in a process that can be ended; what takes too long is named."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generate.errors import Refusal
from generate.gallery.pages import long_markdown
from generate.gallery.pages.long_markdown import SHORT, Process, open_process, render_any
from generate.gallery.pages.markdown import render_markdown
from generate.gallery.site.render import render_site
from tests.bundles import make_jungle

# Brackets that open and never close: the parser's time grows with the cube of them.
SLOW = "[" * 4000
PART = "# Tea\n\n*Soft* & 'quoted' — [home](https://a.example) <script>x</script>\n\na | b\n\n"
LONG = PART * 60


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """No text of an earlier test is remembered, and no process lives on."""
    render_any.cache_clear()
    yield
    open_process().close()


def test_a_process_renders_as_this_one_does() -> None:
    assert len(LONG) > SHORT
    for full in (False, True):
        assert render_any(LONG, full) == render_markdown(LONG, full)
    running = open_process().running
    assert running is not None
    assert render_any(LONG + "more") == render_markdown(LONG + "more")
    assert open_process().running is running, "one process for all"


def test_short_texts_need_none() -> None:
    assert render_any("*Rain* again.") == render_markdown("*Rain* again.")
    assert open_process().running is None


@pytest.mark.parametrize("unit", ["[", "![", "~~~\t", "a|b\n-|-\n[\t", "> ", "- ", "*a ", "`", "<"])
def test_short_texts_take_little_time(unit: str) -> None:
    began = time.process_time()
    render_any((unit * SHORT)[:SHORT], True)
    assert time.process_time() - began < 5


def test_a_text_that_takes_too_long_is_refused_and_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(long_markdown, "PATIENCE", 0.5)
    began = time.monotonic()
    with pytest.raises(Refusal, match="takes more than five seconds to render; simplify it"):
        render_any(SLOW)
    assert time.monotonic() - began < 30
    assert render_any(LONG) == render_markdown(LONG)


def test_where_no_clock_counts_work_the_wall_clock_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_markdown, "WALL", 1.0)
    with pytest.raises(Refusal, match="takes more than five seconds"):
        render_any("[" * 6000)


def test_a_process_that_was_ended_by_others_is_started_again() -> None:
    assert render_any(LONG)
    process = open_process()
    assert process.running is not None
    process.running.kill()
    process.running.wait()
    assert render_any(LONG + "again") == render_markdown(LONG + "again")


def test_a_text_nested_too_deeply_is_refused() -> None:
    with pytest.raises(Refusal, match="the text is nested too deeply"):
        render_any("a\n: b\n" * 2000, True)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_process_ends_with_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    code = (
        "import time; from generate.gallery.pages.long_markdown import open_process, render_any\n"
        "render_any('word ' * 1000); print(open_process().running.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=tmp_path, env=find_package()
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.send_signal(how)
    end = time.monotonic() + 20
    while is_running(child):
        assert time.monotonic() < end
        time.sleep(0.05)


def find_package() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(long_markdown.ROOT)}


def is_running(number: int) -> bool:
    """Whether a process runs; one that ended and was not asked after does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_what_lies_beside_the_jungle_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "markdown.py").write_text("raise SystemExit('mine')")
    (tmp_path / "generate").mkdir()
    monkeypatch.chdir(tmp_path)
    process = Process()
    try:
        assert process.render(LONG, True) == render_markdown(LONG, True)
    finally:
        process.close()


def test_a_page_and_a_message_that_take_too_long_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_markdown, "PATIENCE", 0.5)
    settings = make_jungle(tmp_path, 2, size=24, frames=0, seconds=0.1)
    message = settings.bundles / "beast-002" / "postcard.md"
    message.write_text(SLOW)
    with pytest.raises(Refusal, match=r"beast-002 cannot be used \(the text takes more than"):
        render_site(settings)
    assert render_site(settings, keep_going=True).cards == 1
    message.write_text("Rain.")
    page = settings.content / "pages" / "essay.md"
    page.write_text(SLOW)
    with pytest.raises(Refusal, match=r"pages/essay\.md: the text takes more than five seconds"):
        render_site(settings)
    page.write_text("word " * 60_000)
    with pytest.raises(Refusal, match=r"pages/essay\.md: is longer than 262,144 bytes"):
        render_site(settings)
    page.write_text(LONG)
    render_site(settings)
    assert (tmp_path / "site" / "essay.html").read_text().count("<em>Soft</em>") == 60
