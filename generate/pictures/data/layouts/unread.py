"""Files that seem to hold captions in a form that is not read, so that they can be named."""

from collections.abc import Iterable

from generate.pictures.data.tree import Tree, ending_of

LARGEST = 64 * 2**20
FORMS = {
    ".arrow": "Arrow",
    ".csv": "CSV",
    ".json": "JSON",
    ".jsonl": "JSON lines",
    ".parquet": "Parquet",
    ".pickle": "pickle",
    ".pkl": "pickle",
    ".token": "text",
    ".tsv": "TSV",
    ".txt": "text",
    ".xlsx": "Excel",
    ".xml": "XML",
}
TOLD = ("caption", "metadata", "description", "prompt")


def find_unread(tree: Tree, files: Iterable[str]) -> list[str]:
    """Those of ``files`` that hold captions by their names or their content, each with its form.

    "annotations/captions_val2017.json (COCO)".
    """
    found = []
    for file in files:
        form = FORMS.get(ending_of(file))
        if form is None:
            continue
        base = file.rpartition("/")[2].casefold()
        told = any(word in base for word in TOLD) and "class" not in base
        if form == "JSON" and tree.sizes[file] <= LARGEST:
            try:
                data = tree.read(file)
            except OSError:
                data = b""
            told = told or b'"caption"' in data or b'"annotations"' in data
            form = "COCO" if b'"annotations"' in data and b'"images"' in data else form
        if told:
            found.append(f"{file} ({form})")
    return found
