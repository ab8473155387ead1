#!/usr/bin/env bash
# tomlkit 0.15.2: a key added to a table is written below the remark that stands over the *next*
# table. The file stays valid, but the remark, which explained the next table, now explains the new
# key. Who edits a commented settings file by program must move the key up, past empty lines and
# remarks.
# Seen: "z = 3" between "# about b" and "[b]" for document["a"]["z"] = 3.
set -euo pipefail
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
python3 -m venv "$home/venv"
"$home/venv/bin/pip" install --quiet --disable-pip-version-check tomlkit==0.15.2
cat > "$home/run.py" <<'PY'
import tomlkit

document = tomlkit.parse("[a]\nx = 1\n\n# about b\n[b]\ny = 2\n")
document["a"]["z"] = 3
print(tomlkit.dumps(document), end="")
PY
seen=$("$home/venv/bin/python" "$home/run.py")
echo "$seen"
[ "$seen" == "[a]
x = 1

# about b
z = 3
[b]
y = 2" ] || { echo "this has changed" >&2; exit 1; }
