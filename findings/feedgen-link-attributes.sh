#!/usr/bin/env bash
# feedgen 1.0.0: an entry's link keeps its href and loses rel, type and length in Atom, though
# FeedEntry.link() takes and remembers all four. An enclosure so becomes an ordinary link: a podcast
# or a gallery with sounds publishes none. Links of the feed itself keep theirs.
# Seen: <link href="m.mp3"/> for link(href="m.mp3", rel="enclosure", type="audio/mpeg", length="9").
set -euo pipefail
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
python3 -m venv "$home/venv"
"$home/venv/bin/pip" install --quiet --disable-pip-version-check \
  feedgen==1.0.0 lxml==6.1.3 python-dateutil==2.9.0.post0
cat > "$home/run.py" <<'PY'
from feedgen.feed import FeedGenerator

about = {"href": "m.mp3", "rel": "enclosure", "type": "audio/mpeg", "length": "9"}
feed = FeedGenerator()
feed.id("feed")
feed.title("Feed")
feed.updated("2026-01-01T00:00:00Z")
feed.link(**{**about, "href": "f.mp3"})
entry = feed.add_entry()
entry.id("entry")
entry.title("Entry")
entry.updated("2026-01-01T00:00:00Z")
entry.content("Text")
entry.link(**about)
lines = feed.atom_str(pretty=True).decode().splitlines()
print("\n".join(line.strip() for line in lines if ".mp3" in line))
print(entry.link()[0]["rel"])
PY
seen=$("$home/venv/bin/python" "$home/run.py")
echo "$seen"
[ "$seen" == '<link href="f.mp3" rel="enclosure" type="audio/mpeg" length="9"/>
<link href="m.mp3"/>
enclosure' ] || { echo "this has changed" >&2; exit 1; }
