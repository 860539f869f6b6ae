"""Work lists, public notices, templates and earlier versions, as the command line asks for them.

Belongs here: the lock while they are made, which department is meant, what is said about what was done.
Does not belong here: the workbooks (``workbooks``), versions (``publishing``), arguments and exit codes (``cli``).
"""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from orchestration.commands.app import finish_rotation, literal
from orchestration.commands.departments import department_named
from orchestration.runtime import locks
from orchestration.runtime.county import contracts_here, divisions
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources.landing.transport.files import FileLocation
from sources.months import Month

LOCK_WAIT_SECONDS = 60.0
"""A run rewrites the identities that a list is made of; a run of a county takes about as long."""


_NOT_PUBLISHED = "还没有发布过任何月份;请先运行一个月份,例如 shouwang run 2021-06。"


def _published(settings: Settings) -> Path:
    """Return the marts that BI tools read. Raises ShouwangError if no month was published yet."""
    from workbooks.leads import marts_file

    marts = marts_file(settings.paths)
    if not marts.exists():
        raise ShouwangError(_NOT_PUBLISHED)
    return marts


def write_lists(console: Console, settings: Settings, month: Month) -> list[Path]:
    """Write the work lists of a month and say where they are.

    Raises ShouwangError where the month is not published, the county's folder is wrong or another process works on the
    home.
    """
    from sources.county.folder import CountyError
    from workbooks.leads import NotPublishedError
    from workbooks.worklist import worklist_folder, write_worklists

    home, marts = settings.paths, _published(settings)
    try:
        with locks.holding(settings.home, f"写 {month} 核查清单", LOCK_WAIT_SECONDS, console.print):
            paths = write_worklists(home, marts, month)
    except (NotPublishedError, CountyError) as error:
        raise ShouwangError(str(error)) from error
    for path in paths:
        console.print(literal(f"  {path.name}"), soft_wrap=True)
    where = f",在 {worklist_folder(home, month)}(含个人信息,只发本镇街)" if paths else ""
    console.print(literal(f"{month}:{len(paths)} 个镇(街道)有待核查线索{where}"), soft_wrap=True)
    _give_back(console, settings, month, paths)
    return paths


def write_notices(console: Console, settings: Settings, month: Month) -> list[Path]:
    """Write the lists that villages post and say where they are.

    Raises ShouwangError if the month is not published or a parameter is missing.
    """
    from workbooks.leads import NotPublishedError
    from workbooks.publicity import PublicityError, publicity_folder, write_publicity

    home, marts = settings.paths, _published(settings)
    try:
        with locks.holding(settings.home, f"写 {month} 公示名单", LOCK_WAIT_SECONDS, console.print):
            lists = write_publicity(home, marts, month, settings.office_phone)
    except (NotPublishedError, PublicityError) as error:
        raise ShouwangError(str(error)) from error
    folder = publicity_folder(home, month)
    for path in lists.paths:
        console.print(literal(f"  {path.relative_to(folder)}"), soft_wrap=True)
    where = f",在 {folder}(张贴前请核对;系统不会自行公开)" if lists.paths else ""
    text = f"{month}:{len(lists.paths)} 个村(社区)的公示名单,共 {lists.households} 户{where}"
    console.print(literal(text), soft_wrap=True)
    if lists.left_out:
        about = f"另有 {lists.left_out} 户已核实纳入,但不在 {month} 的农户名册上或没有在世成员,没有列入;请核对名册。"
        console.print(about, soft_wrap=True)
    return lists.paths


def write_books(console: Console, settings: Settings, month: Month) -> list[Path]:
    """Write the workbooks of a month and say where they are. Raises ShouwangError if it is not published."""
    from orchestration.publishing.bi.month_book import write_month_books

    with locks.holding(settings.home, f"写 {month} 工作簿", LOCK_WAIT_SECONDS, console.print):
        paths = write_month_books(settings.paths, month)
    for path in paths:
        console.print(literal(f"  {path.name}"), soft_wrap=True)
    console.print(literal(f"{month}:{len(paths)} 个工作簿,在 {paths[0].parent}(不含身份)"), soft_wrap=True)
    return paths


def write_extracts(console: Console, settings: Settings, month: Month, towns: list[str]) -> list[Path]:
    """Write the extracts of towns and say where they are.

    Raises ShouwangError if the month is not published or a town is unknown.
    """
    from orchestration.dictionary.codes import codes
    from orchestration.publishing.bi.town_extract import write_town_extracts

    with locks.holding(settings.home, f"写 {month} 镇街摘录", LOCK_WAIT_SECONDS, console.print):
        paths = write_town_extracts(settings.paths, month, towns, codes(contracts_here(settings.home)))
    for path in paths:
        console.print(literal(f"  {path.name}"), soft_wrap=True)
    where = f",在 {paths[0].parent}(逐户数据,只发本镇街)" if paths else ""
    console.print(literal(f"{month}:{len(paths)} 个镇(街道)的摘录{where}"), soft_wrap=True)
    return paths


def _give_back(console: Console, settings: Settings, month: Month, paths: list[Path]) -> None:
    """Put the lists where the settings want them; a location that fails is named."""
    from workbooks.give_back import give_back

    for name, location in settings.locations.items():
        wants = isinstance(location, FileLocation) and location.give_back and location.give_back.work_lists
        if wants and paths:
            given = give_back(settings.paths, name, month, location, paths)
            console.print(literal(given.problem or given.text), soft_wrap=True)


def write_department_templates(console: Console, settings: Settings, name: str, out: Path) -> list[Path]:
    """Write a department's empty workbooks and say where they are. Raises ShouwangError for an unknown department."""
    from workbooks.template import write_templates

    department = department_named(name, contracts_here(settings.home))
    paths = write_templates(department, out)
    console.print(literal(f"{department.label}:{len(paths)} 个模板,在 {out.absolute()}"), soft_wrap=True)
    return paths


def write_prefilled_templates(console: Console, settings: Settings, name: str, month: Month, out: Path | None) -> None:
    """Write a department's templates with the rows accepted before ``month``, and say where they are.

    Raises ShouwangError for an unknown department or another place than the outbox, if there is no
    home, if nothing was accepted before, or if another process works on the home.
    """
    from workbooks.prefilled import LostIdentitiesError, earlier_month, prefilled_folder, write_prefilled

    department, home = department_named(name, contracts_here(settings.home)), settings.paths
    folder = prefilled_folder(home, department, month)
    if out is not None and out.resolve() != folder.resolve():
        raise ShouwangError(f"预填的模板含个人信息,只写到 {folder};请不要另写 --out。")
    if not home.restricted.is_dir():
        raise ShouwangError(f"没有数据目录 {home.root};请检查 SHOUWANG_HOME。")
    finish_rotation(settings)
    if not any(earlier_month(home, dataset, month) for dataset in department.datasets):
        raise ShouwangError(
            f"{department.label} 在 {month} 之前没有接收过数据,没有可以预填的行;空白模板不需要写 --month。"
        )
    try:
        with locks.holding(settings.home, f"写 {month} 预填模板", LOCK_WAIT_SECONDS, console.print):
            written = write_prefilled(home, department, month, divisions(settings.home))
    except LostIdentitiesError as error:
        raise ShouwangError(str(error)) from error
    for path, prefill in written.items():
        said = f"{prefill.rows:,} 行,来自 {prefill.month}" if prefill.month else "没有预填"
        console.print(literal(f"  {path.name}  {said}"), soft_wrap=True)
    text = f"{department.label} {month}:{len(written)} 个模板,在 {folder}(含个人信息,只交本部门)"
    console.print(literal(text), soft_wrap=True)


def list_versions(console: Console, settings: Settings) -> None:
    """Say which versions are there, newest first, and what is wrong with them."""
    from orchestration.publishing.inventory import inventory

    for found in inventory(settings.paths.published) or ():
        console.print(literal(f"版本 {found.described}"), soft_wrap=True)


def roll_back_marts(console: Console, settings: Settings, version: int | None) -> bool:
    """Let BI tools read an earlier version and say which; return False if a server could not follow.

    Raises ShouwangError where there is none.
    """
    from orchestration.commands.publish import follow
    from orchestration.publishing.publish import roll_back

    # The link may point to a version whose file is lost; an earlier one is then the way back.
    if not any(settings.paths.published.glob("marts-*")):
        raise ShouwangError(_NOT_PUBLISHED)
    with locks.holding(settings.home, "退回发布版本", LOCK_WAIT_SECONDS, console.print):
        now = roll_back(settings.paths, version)
    months = "、".join(now.months)
    console.print(f"数据集市现为版本 {now.number}({now.created_at[:16]} 发布,含 {months})", soft_wrap=True)
    console.print("数据仓库没有改变;下一次运行会把最新结果作为新版本发布。", soft_wrap=True)
    return follow(console, settings)
