#!/bin/sh
# An unpartitioned check on a partitioned asset is stored twice, and one of the two records stays planned for ever.
#
# The event of the planned check has the partition of the run (DagsterRun.get_resolved_partitions_subset_for_events);
# the evaluation has none, because the check has no partitions. It updates no record, so that a second one is inserted.
# The run page and the history of the check show the first as skipped.
#
# Seen with Dagster 1.13.27 on Python 3.11:
#   [(None, 'SUCCEEDED'), ('2021-05', 'PLANNED')]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet dagster==1.13.27
cat > "$folder/twice.py" <<'PYTHON'
import sys

import dagster as dg

months = dg.MonthlyPartitionsDefinition("2021-01", fmt="%Y-%m")


@dg.asset(partitions_def=months, check_specs=[dg.AssetCheckSpec("holds", asset="table")])
def table(context):
    yield dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="holds", passed=True)])


definitions = dg.Definitions(assets=[table], jobs=[dg.define_asset_job("job")])
with dg.DagsterInstance.ephemeral() as instance:
    definitions.resolve_job_def("job").execute_in_process(instance=instance, partition_key="2021-05")
    check = dg.AssetCheckKey(dg.AssetKey("table"), "holds")
    records = instance.event_log_storage.get_asset_check_execution_history(check, limit=9)
    found = [(record.partition, record.status.value) for record in records]
print(found)
sys.exit(found != [(None, "SUCCEEDED"), ("2021-05", "PLANNED")])
PYTHON
DAGSTER_DISABLE_TELEMETRY=1 "$folder/venv/bin/python" "$folder/twice.py" 2> "$folder/log"
