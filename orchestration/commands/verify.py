"""Verify what the data home keeps: one area after the other, with the way back for each problem.

Belongs here: the order of the areas. Does not belong here: how an area is verified (``verify_intake``,
``verify_results``), how it is shown (``console``). Nothing is changed, and no engine is imported.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.commands import verify_copies, verify_intake, verify_results
from orchestration.commands.areas import Area
from orchestration.publishing import rotation
from orchestration.runtime.city import is_city
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts


def examine(settings: Settings, deep: bool) -> Iterator[Area]:
    """Verify every area: existence, sizes and forms, with ``deep`` also every byte and every key."""
    if is_city(settings.home):
        from orchestration.commands import verify_city

        yield from verify_city.examine(settings, deep)
        return
    home, contracts = settings.paths, load_contracts()
    if rotation.is_half_switched(home):
        # Everything else would be compared with keys of the other secret.
        yield Area("密钥轮换", "切换中断", ("密钥轮换在切换时中断。请执行 shouwang rotate-key,程序会继续完成切换。",))
        return
    yield verify_results.stored_format(settings, contracts)
    yield verify_intake.secret(settings, contracts)
    yield verify_intake.delivery_log(home, contracts)
    yield verify_intake.pulled(home, contracts)
    yield verify_intake.originals(home, contracts, deep)
    yield verify_intake.taken_in(home, contracts)
    yield verify_intake.accepted_rows(home, contracts, deep)
    yield verify_intake.identities(settings, contracts, deep)
    yield verify_results.warehouse(settings, deep)
    yield verify_results.versions(home.published, deep)
    yield verify_results.records(settings, deep)


def examine_all(settings: Settings, deep: bool) -> Iterator[Area]:
    """Verify every area, and the copies of the published version on servers, which ``doctor`` only asks for theirs."""
    yield from examine(settings, deep)
    if settings.postgres and not is_city(settings.home):
        yield verify_copies.postgres(settings.paths.published, settings.postgres, deep)
