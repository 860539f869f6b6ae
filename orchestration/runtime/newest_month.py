"""Let the newest month decide what the UI shows of a check.

Belongs here: which record of a check counts as its latest. Does not belong here: storing records.

Dagster takes the record that was planned last. After an old month ran again, the list of checks would show that month
(docs/decisions.md). Records of checks have their month as partition (``assets.month_result``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from dagster import AssetCheckKey
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.storage.asset_check_execution_record import (
    COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES,
    AssetCheckExecutionRecord,
)
from dagster._core.storage.event_log.base import AssetCheckSummaryRecord
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from sqlalchemy import func, select

Records = Mapping[AssetCheckKey, AssetCheckExecutionRecord]


class NewestMonthFirst(SqlEventLogStorage):
    """An event log in which the latest record of a check is that of its newest month, whenever that month ran.

    A base for storages on any database; it relies on the pinned version of Dagster, and a test holds it to that.
    """

    def get_latest_asset_check_execution_by_key(
        self, check_keys: Sequence[AssetCheckKey], partition_filter: PartitionKeyFilter | None = None
    ) -> Records:
        """Return the latest record of each check: of the month if a filter names one, else of its newest month."""
        if partition_filter is not None:
            return super().get_latest_asset_check_execution_by_key(check_keys, partition_filter)
        latest: dict[AssetCheckKey, AssetCheckExecutionRecord] = {}
        for month, keys in self._by_newest_month(check_keys).items():
            found = super().get_latest_asset_check_execution_by_key(keys, PartitionKeyFilter(key=month))
            # Dagster looks for every name on every asset: some of the pairs are not asked for.
            latest |= {key: found[key] for key in keys if key in found}
        return latest

    def get_asset_check_summary_records(
        self, asset_check_keys: Sequence[AssetCheckKey]
    ) -> Mapping[AssetCheckKey, AssetCheckSummaryRecord]:
        """Return the latest record of each check, and its latest with a result, both of its newest month."""
        latest = self.get_latest_asset_check_execution_by_key(asset_check_keys)
        return {key: self._summary(key, latest.get(key)) for key in asset_check_keys}

    def _summary(self, key: AssetCheckKey, record: AssetCheckExecutionRecord | None) -> AssetCheckSummaryRecord:
        completed = record
        if record and record.status not in COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES:
            of_month = PartitionKeyFilter(key=record.partition)
            with_result = COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES
            completed = next(iter(self.get_asset_check_execution_history(key, 1, None, with_result, of_month)), None)
        return AssetCheckSummaryRecord(
            asset_check_key=key,
            last_check_execution_record=record,
            last_run_id=record.run_id if record else None,
            last_completed_check_execution_record=completed,
        )

    def _by_newest_month(self, keys: Sequence[AssetCheckKey]) -> Mapping[str | None, list[AssetCheckKey]]:
        """Group checks by the newest month that has a record of them; None for records without a month."""
        table, asked = AssetCheckExecutionsTable.c, {(key.asset_key.to_string(), key.name): key for key in keys}
        query = (
            select(table.asset_key, table.check_name, func.max(table.partition))
            .where(
                table.asset_key.in_({asset for asset, _ in asked}), table.check_name.in_({name for _, name in asked})
            )
            .group_by(table.asset_key, table.check_name)
        )
        grouped: dict[str | None, list[AssetCheckKey]] = defaultdict(list)
        with self.index_connection() as connection:
            rows: Sequence[Any] = connection.execute(query).fetchall() if asked else []
        for asset, name, month in rows:
            if key := asked.get((asset, name)):
                grouped[month].append(key)
        return grouped
