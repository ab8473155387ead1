#!/usr/bin/env bash
# sacrebleu 2.6.0: smoothing is skipped when not one word matches. A caption with one right word of
# five scores 24 with add-k and 11 with exp; with none right it scores exactly 0 by every method,
# also by floor and add-k, whose formulas give more than 0. Means over short captions so fall in a
# step, and a small captioner looks worse than the formula says.
# Seen: 10.7, 5.4 and 24.0 for one match of five, 0.0 three times for none.
set -euo pipefail
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
python3 -m venv "$home/venv"
"$home/venv/bin/pip" install --quiet --disable-pip-version-check sacrebleu==2.6.0
cat > "$home/run.py" <<'PY'
from sacrebleu import BLEU

for method, value in (("exp", None), ("floor", 0.1), ("add-k", 1)):
    bleu = BLEU(smooth_method=method, smooth_value=value)
    one, none = (
        bleu.corpus_score(["a red bird sings loud"], [[reference]]).score
        for reference in ("a shy fish dives deep", "two shy fish dive deep")
    )
    print(f"{method}: {one:.1f} {none:.1f}")
PY
seen=$("$home/venv/bin/python" "$home/run.py")
echo "$seen"
[ "$seen" == "exp: 10.7 0.0
floor: 5.4 0.0
add-k: 24.0 0.0" ] || { echo "this has changed" >&2; exit 1; }
