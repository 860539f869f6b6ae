#!/bin/sh
# RunsFilter drops the zone of a time: an hour ago in Shanghai is taken for seven hours from now.
#
# A run of this moment, looked for with the same moment written in three zones: with created_after and updated_after
# an hour ago it is found in UTC and west of it, not in Shanghai; with created_before and updated_before in an hour
# it is not found in New York. No error says so. The times are kept in UTC without a zone, and the zone of the filter is
# removed, not converted, so a program east of Greenwich sees none of its newest runs.
#
# Seen with Dagster 1.13.27 on Python 3.11, with runs in SQLite:
#   UTC after an hour ago: 1 created, 1 updated; before in an hour: 1 created, 1 updated
#   Shanghai after an hour ago: 0 created, 0 updated; before in an hour: 1 created, 1 updated
#   New York after an hour ago: 1 created, 1 updated; before in an hour: 0 created, 0 updated
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet dagster==1.13.27
cat > "$folder/zones.py" <<'PYTHON'
import sys
from datetime import datetime, timedelta, timezone

import dagster as dg


@dg.op
def nothing() -> None:
    pass


@dg.job
def work() -> None:
    nothing()


ZONES = {"UTC": 0, "Shanghai": 8, "New York": -5}
HOUR = timedelta(hours=1)
with dg.DagsterInstance.local_temp() as instance:
    work.execute_in_process(instance=instance)
    now, seen = datetime.now(timezone.utc), {}
    for zone, hours in ZONES.items():
        here = now.astimezone(timezone(timedelta(hours=hours)))
        counts = {
            name: len(instance.get_runs(dg.RunsFilter(**{name: here - HOUR if name.endswith("after") else here + HOUR})))
            for name in ("created_after", "updated_after", "created_before", "updated_before")
        }
        seen[zone] = list(counts.values())
        print(
            f"{zone} after an hour ago: {seen[zone][0]} created, {seen[zone][1]} updated;"
            f" before in an hour: {seen[zone][2]} created, {seen[zone][3]} updated"
        )
sys.exit(seen != {"UTC": [1, 1, 1, 1], "Shanghai": [0, 0, 1, 1], "New York": [1, 1, 0, 0]})
PYTHON
DAGSTER_DISABLE_TELEMETRY=1 "$folder/venv/bin/python" "$folder/zones.py" 2> "$folder/log" || { cat "$folder/log" >&2; exit 1; }
