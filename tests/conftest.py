"""Fixtures shared by all rooms: a small jungle in a temporary folder."""

from pathlib import Path

import pytest

from generate.settings import Settings, read_settings


@pytest.fixture
def write_settings(tmp_path: Path):
    """Write content/jungle.toml below a temporary folder and read it back."""

    def write(text: str = "", **dials: object) -> Settings:
        (tmp_path / "content").mkdir(exist_ok=True)
        (tmp_path / "content" / "jungle.toml").write_text(text, encoding="utf-8")
        return read_settings(tmp_path, dials)

    return write
