"""Keep every tool from sending telemetry."""

from __future__ import annotations

import os

QUIET = {
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
"""Every switch by which the tools turn telemetry off."""


def quiet_environment() -> None:
    """Switch telemetry off for this process and its children."""
    os.environ.update(QUIET)
