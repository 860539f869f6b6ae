#!/bin/sh
# A copy of a dbt project that has its target/ loads the seeds of the project that it was copied from, without a word:
# the parsed project names the folder of each seed, and dbt does not look whether it is still that folder. A seed that
# has changed there since arrives as it is there. Once the first folder is gone, the seed fails.
#
# Seen with dbt-core 1.11.16, dbt-duckdb 1.11.1 and duckdb 2.0.0:
#   the copy says a,before and loads [('a', 'after')]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet dbt-core==1.11.16 dbt-duckdb==1.11.1 duckdb==2.0.0
mkdir -p "$folder/first/seeds"
cd "$folder/first"
printf 'name: probe\nprofile: probe\n' > dbt_project.yml
printf 'probe:\n  target: file\n  outputs:\n    file: {type: duckdb, path: probe.duckdb}\n' > profiles.yml
printf 'code,word\na,before\n' > seeds/words.csv
export DBT_SEND_ANONYMOUS_USAGE_STATS=false
"$folder/venv/bin/dbt" --quiet parse
cp -R "$folder/first" "$folder/copy"
printf 'code,word\na,after\n' > seeds/words.csv
cd "$folder/copy"
"$folder/venv/bin/dbt" --quiet seed
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from pathlib import Path

import duckdb

rows = duckdb.connect("probe.duckdb").execute("from words").fetchall()
print(f"the copy says {Path('seeds/words.csv').read_text().split()[1]} and loads {rows}")
sys.exit(0 if rows == [("a", "after")] else 1)
PYTHON
