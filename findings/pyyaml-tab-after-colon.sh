#!/usr/bin/env bash
# PyYAML 6.0.4: its two parsers disagree on front matter with a tab after the colon, which YAML
# allows there. CSafeLoader (libyaml) reads it; SafeLoader (pure Python) refuses the same text, and
# so does ruamel.yaml 0.19.1. A page that loads where the C parser is compiled fails elsewhere.
# Seen: {'title': 'A beast'} from CSafeLoader, ScannerError from the two others.
set -euo pipefail
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
python3 -m venv "$home/venv"
"$home/venv/bin/pip" install --quiet --disable-pip-version-check pyyaml==6.0.4 ruamel.yaml==0.19.1
cat > "$home/run.py" <<'PY'
import yaml
from ruamel.yaml import YAML

text = "title:\tA beast\n"
readers = {
    "CSafeLoader": lambda: yaml.load(text, yaml.CSafeLoader),
    "SafeLoader": lambda: yaml.load(text, yaml.SafeLoader),
    "ruamel": lambda: YAML(typ="safe", pure=True).load(text),
}
for name, read in readers.items():
    try:
        print(name, read())
    except Exception as error:
        print(name, type(error).__name__)
PY
seen=$("$home/venv/bin/python" "$home/run.py")
echo "$seen"
[ "$seen" == "CSafeLoader {'title': 'A beast'}
SafeLoader ScannerError
ruamel ScannerError" ] || { echo "this has changed" >&2; exit 1; }
