"""Tar files inside a zip, as WebDataset keeps sets: read as if they were folders of it."""

import io
import tarfile
from dataclasses import replace
from functools import lru_cache

from generate.errors import Refusal
from generate.pictures.data.endings import ENDINGS, HEIF
from generate.pictures.data.pixels import open_image
from generate.pictures.data.tree import Tree, ending_of


def spread_shards(tree: Tree) -> Tree:
    """``tree`` with the members of its tars as files, where it holds no pictures otherwise.

    `Refusal` for a tar that is damaged, or larger than a member of a zip may be.
    """
    shards = [name for name in tree.sizes if ending_of(name) == ".tar"]
    if not shards or any(ending_of(name) in ENDINGS | HEIF for name in tree.sizes):
        return tree

    @lru_cache(maxsize=1)  # its members are read one after the other
    def unpack(shard: str) -> dict[str, bytes]:
        try:
            with tarfile.open(fileobj=io.BytesIO(tree.read(shard)), mode="r:") as archive:
                files = [info for info in archive if info.isfile() and not is_hidden(info.name)]
                return {
                    info.name.removeprefix("./"): file.read()
                    for info in files
                    if (file := archive.extractfile(info))
                }
        except (OSError, tarfile.TarError, EOFError) as error:
            raise Refusal(
                f"{tree.place(shard)}: cannot be read ({error}); unpack the zip, and check the tar"
            ) from None

    sizes = {name: size for name, size in tree.sizes.items() if name not in shards}
    inside: dict[str, tuple[str, str]] = {}
    for shard in shards:
        for name, data in unpack(shard).items():
            inside[f"{shard}/{name}"] = (shard, name)
            sizes[f"{shard}/{name}"] = len(data)

    def read(name: str) -> bytes:
        if name not in inside:
            return tree.read(name)
        shard, member = inside[name]
        return unpack(shard)[member]

    return replace(
        tree,
        sizes=dict(sorted(sizes.items())),
        read=read,
        open=lambda name: open_image(io.BytesIO(read(name))),
    )


def is_hidden(name: str) -> bool:
    """Whether a member is what macOS or a person hides."""
    parts = name.removeprefix("./").split("/")
    return any(part.startswith((".", "__MACOSX")) for part in parts)
