#!/bin/sh
# The pages of partitions in descending order begin with the present month, also if the partitions end years before.
#
# Months from January to March 2021 (end_date is 2021-04-01): ascending, a page of three holds these three and claims
# that there are more; descending, a page of three holds the three months before now, none of which is a partition.
# The web interface asks for descending pages to draw the plots of an asset, which so run on to the present.
#
# Seen with Dagster 1.13.27 on Python 3.11, with the present at 29 November 2026:
#   all ['2021-01', '2021-02', '2021-03']
#   ascending ['2021-01', '2021-02', '2021-03'] has_more True
#   descending ['2026-10', '2026-09', '2026-08'] has_more True
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet dagster==1.13.27
cat > "$folder/pages.py" <<'PYTHON'
import sys
from datetime import datetime, timezone

import dagster as dg
from dagster._core.definitions.partitions.context import partition_loading_context

months = dg.MonthlyPartitionsDefinition("2021-01", end_date="2021-04", fmt="%Y-%m")
print("all", every := months.get_partition_keys())
pages = {}
with partition_loading_context(effective_dt=datetime(2026, 11, 29, tzinfo=timezone.utc)) as context:
    for name in ("ascending", "descending"):
        page = months.get_paginated_partition_keys(context, limit=3, ascending=name == "ascending")
        pages[name] = list(page.results)
        print(name, pages[name], "has_more", page.has_more)
sys.exit(pages["ascending"] != every or set(pages["descending"]) & set(every) != set())
PYTHON
DAGSTER_DISABLE_TELEMETRY=1 "$folder/venv/bin/python" "$folder/pages.py"
