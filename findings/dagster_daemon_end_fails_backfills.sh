#!/bin/sh
# A backfill of assets that the daemon looks at while it ends is failed for good, with all its runs.
#
# At its end (SIGTERM) the daemon closes its workspace, which leaves it without code locations. A look at a backfill
# that still runs in another thread then finds no assets, and takes them for removed. The backfill is failed, and the
# next daemon cancels its queued runs. DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR, which lets backfills wait for
# a code location that fails to load, does not help: a workspace without locations has none that fails.
#
# Seen with Dagster 1.13.27 on Python 3.11:
#   with the workspace: REQUESTED
#   closed: Asset AssetKey(['figures']) existed at storage-time, but no longer does.
#   closed: FAILING
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet dagster==1.13.27
cat > "$folder/figures.py" <<'PYTHON'
import dagster as dg


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
def figures():
    return 1


defs = dg.Definitions([figures])
PYTHON
cat > "$folder/end.py" <<'PYTHON'
import logging
import sys
import time

import dagster as dg
from dagster._core.execution.backfill import PartitionBackfill
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import PythonFileTarget
from dagster._daemon.backfill import execute_backfill_iteration

target = PythonFileTarget(sys.argv[1], "defs", None, "code")
logger = logging.getLogger("quiet")
logger.addHandler(logging.NullHandler())
logger.propagate = False
with dg.DagsterInstance.local_temp(overrides={
    "run_coordinator": {"module": "dagster._core.run_coordinator", "class": "QueuedRunCoordinator"}
}) as instance:

    def look(when):
        list(execute_backfill_iteration(context, logger))
        (found,) = instance.get_backfills()
        if found.error:
            print(f"{when}:", found.error.message.split(": ", 1)[1].strip())
        print(f"{when}:", found.status.value)
        return found.status.value

    context = WorkspaceProcessContext(instance, target)
    with context:
        graph = context.create_request_context().asset_graph
        instance.add_backfill(
            PartitionBackfill.from_asset_partitions(
                "one", graph, ["a", "b"], [dg.AssetKey("figures")], time.time(), {}, dynamic_partitions_store=instance,
                all_partitions=False, title=None, description=None, run_config=None,
            )
        )
        before = look("with the workspace")
    after = look("closed")
sys.exit((before, after) != ("REQUESTED", "FAILING"))
PYTHON
DAGSTER_DISABLE_TELEMETRY=1 DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR=1 \
	"$folder/venv/bin/python" "$folder/end.py" "$folder/figures.py"
