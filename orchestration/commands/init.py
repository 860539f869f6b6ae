"""Write ``settings.toml`` to start from: every setting with an explanation, as a line that takes effect uncommented.

Belongs here: the explanations, asking where departments deliver. Does not belong here: the settings
(``runtime.settings``), the examples of the kinds of locations (each kind's own).

A line that starts with ``#`` and no space is a setting; ``# `` starts an explanation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console

from orchestration.commands.app import literal
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.postgres_server import PostgresServer
from orchestration.runtime.settings import SETTINGS_FILE, Settings
from sources.contracts.model import Contracts, load_contracts
from sources.home import replacing
from sources.landing.transport import KINDS, Location, location_of

Ask = Callable[[str], str]
"""Function that asks a person a question and returns the answer."""
HEAD = """\
# 守望的设置。行首“#”后紧跟设置名的是示例,去掉“#”即生效;“#”后有空格的是说明。
# 相对路径从数据目录算起。环境变量 SHOUWANG_…(例如 SHOUWANG_SECRET_FILE)优先于本文件。
# 密码不写在这里:写入只有本账号可读的文件(chmod 600),用 …_file 指明;或用 …_env 指明环境变量。
"""
SETTINGS: Mapping[str, tuple[str, str]] = {
    "secret_file": ("生成代码的密钥文件。不写:首次运行时在 restricted/secret 生成。", '"/etc/shouwang/secret"'),
    "next_secret_file": ("shouwang rotate-key 换用的新密钥文件。不写:自动生成。", '"/etc/shouwang/next-secret"'),
    "target": ("计算引擎,目前只有 duckdb。", '"duckdb"'),
    "first_month": (
        "第一个可运行的月份,界面的月份从它开始。不写:收到数据的第一个月;还没有数据时是上个月。已收到的月份总在其内。",
        '"2024-01"',
    ),
    "last_month": ("最后一个可运行的月份,只用于不再收新数据的目录(例如演示)。不写:上个月。", '"2026-12"'),
    "ui_address": ("告警中的链接用的界面地址。不写:告警没有链接。", '"https://shouwang.example.gov.cn"'),
    "ui_host": ("界面监听的地址。不写:只在本机。对外开放须同时设置 ui_token_file。", '"127.0.0.1"'),
    "ui_names": ("浏览器用来打开界面的域名(本机地址除外)。", '["shouwang.example.gov.cn"]'),
    "ui_token_file": ("界面的固定口令文件,至少 16 个字符。不写:每次启动打印新口令。", '"restricted/ui-token"'),
    "readers_group": ("可读公开数据集市 published/open.duckdb 的系统用户组,须已存在。不写:属主的组。", '"bi"'),
    "office_group": ("可读全部数据集市 published/marts.duckdb 的系统用户组,须已存在。不写:只有属主。", '"office"'),
    "backup_key_file": ("加密备份的密钥文件(age 格式)。不写:备份不加密。", '"/etc/shouwang/backup.key"'),
    "keep_originals_months": ("原件保留几个月,由 shouwang tidy 删除更早的。不写:永久保留。", "60"),
    "keep_quarantine_months": ("隔离行的原文保留几个月。不写:永久保留。", "36"),
    "keep_errors_months": ("错误详情保留几个月。不写:永久保留。", "12"),
    "keep_runs_months": ("每次运行的日志保留几个月;检查结果和各表的历史仍然保留。不写:永久保留。", "12"),
    "report_template": ("月报的 Word 模板(见 docs/zh/report.md)。不写:程序自带的模板。", '"templates/月报.docx"'),
    "agenda_template": ("联席会议议程的 Word 模板。不写:程序自带的模板。", '"templates/议程.docx"'),
    "map": ("镇街和村的边界(GeoJSON,每个图形有区划代码),用于月报的地图。不写:按镇街画方格。", '"maps/县界.geojson"'),
    "office_phone": ("公示名单上印的办公电话。不写:名单上没有电话。", '"0763-3366000"'),
    "settle_seconds": ("文件多少秒不再变化才收取;慢的网络盘要长一些。", "60"),
    "look_every_seconds": ("传感器多少秒查看一次收件目录和各位置;对方服务器慢的要长一些。", "60"),
    "pull_again_seconds": ("一个位置暂时取不到时,隔多少秒再试;写几个就再试几次。", "[30, 120, 480]"),
}
ALERTS = """\
# 告警发到哪里:每个通道写一节 [alerts.名称]。地址含有口令,写入只有本账号可读的文件(chmod 600)。
# 写好后执行 shouwang alerts --test。地址的写法、可选的 kinds 和 departments 见 docs/alerts.md。
#[alerts.office]
#address_file = "/etc/shouwang/office-robot"
"""
DATABASE = """\
# Dagster 的运行记录放在哪里。不写:数据目录里的 SQLite 文件,一台服务器够用。
# 用 PostgreSQL 的写这一节;数据库只给这一个数据目录用。写法和建库的命令见 docs/deploy.md。
#[dagster_database]
#url = "postgresql:///shouwang_dagster"
#user = "shouwang"
#password_file = "/etc/shouwang/dagster.password"
"""


def _commented(toml: str) -> str:
    return "".join(line if line.startswith("# ") else f"#{line}" for line in toml.splitlines(keepends=True))


POSTGRES = _commented(f"[postgres]\n{PostgresServer.example}")
LOCATIONS = """\
# 各部门(或其中一张表)的数据从哪里来。不写的部门用收件目录 inbox/<部门>/<YYYY-MM>/。
# 文件夹的布局与收件目录相同的,写一行 部门 = "文件夹";其他位置写一节 [locations.部门] 或 [locations."部门/数据表"]。
# 写好后执行 shouwang doctor --sources 逐个试连。详细写法见 docs/locations.md。
"""


def write_settings(console: Console, settings: Settings, ask: Ask | None = None) -> Path:
    """Write the settings file of a home that has none, and return its path.

    With ``ask``, a person says where each department delivers. Raises ShouwangError if there is a file already.
    """
    file = settings.home / SETTINGS_FILE
    if file.exists() or file.is_symlink():
        raise ShouwangError(f"已有设置文件 {file},没有改动。")
    contracts = load_contracts()
    answers = _asked(console, settings.home, contracts, ask) if ask else {}
    settings.paths.prepare()
    with replacing(file) as temporary:
        temporary.write_text(text(contracts, answers, settings.home), "utf-8")
    console.print(
        literal(f"已写入 {file}(只有本账号可读)。请按需修改,再执行 shouwang doctor --sources。"), soft_wrap=True
    )
    return file


def text(contracts: Contracts, answers: Mapping[str, str], home: Path) -> str:
    """Write the settings; ``answers`` maps departments to a folder or an address."""
    parts = [HEAD, *(f"# {about}\n#{name} = {value}\n" for name, (about, value) in SETTINGS.items())]
    parts += [ALERTS, DATABASE, POSTGRES, LOCATIONS, *_locations(contracts, answers, home)]
    return "\n".join(parts)


def _locations(contracts: Contracts, answers: Mapping[str, str], home: Path) -> Iterator[str]:
    """Yield the departments' locations, then an example of each kind, for departments and tables without one."""
    folders = {name: answer for name, answer in answers.items() if "://" not in answer}
    example = "" if folders else '#agriculture = "/mnt/exchange/nongye"\n'
    yield "[locations]\n" + "".join(f"{name} = {_quoted(answer)}\n" for name, answer in folders.items()) + example
    for name, answer in answers.items():
        if name not in folders:
            yield _section(name, answer, home)
    # Every kind can serve a table; a department's queries would have to name its tables.
    names = [name for name in contracts if name not in answers and name != "agriculture"][:1]
    names += [f'"{d.department}/{d.name}"' for d in contracts.datasets if d.department != "agriculture"]
    for kind, name in zip(KINDS, names, strict=False):
        yield _commented(f"[locations.{name}]\n{kind.example}")


def _section(name: str, url: str, home: Path) -> str:
    """Write the location of a department: in force if the address says all; else with what to fill in, commented."""
    if not _problems(url, home):
        return f"[locations.{name}]\nurl = {_quoted(url)}\n"
    kind = _kind_of(url)
    rest = [line for line in (kind.example if kind else "").splitlines() if not line.startswith("url")]
    body = "\n".join([f"[locations.{name}]", f"url = {_quoted(url)}", *rest])
    return "# 这个位置还要补写下面的设置;改好后去掉各行的“#”。\n" + _commented(body + "\n")


def _quoted(value: str) -> str:
    """Write a TOML text."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _kind_of(url: str) -> type[Location] | None:
    return next((kind for kind in KINDS if url.partition("://")[0] in kind.schemes), None)


def _problems(answer: str, home: Path) -> list[tuple[str, str]]:
    """Say why an answer cannot be used as it is: names of settings, each with its problem; ``url`` is the answer."""
    try:
        tomllib.loads(f"url = {_quoted(answer)}")
        location_of(answer, home)
    except tomllib.TOMLDecodeError:
        return [("url", "不能含有控制字符")]
    except ValidationError as error:
        return [(".".join(map(str, e["loc"])), _words(e)) for e in error.errors()]
    except ValueError as error:
        return [("url", str(error))]
    return []


def _words(error: ErrorDetails) -> str:
    reason = error.get("ctx", {}).get("error")
    return str(reason) if reason else f"{'.'.join(map(str, error['loc']))} 要写明"


def _asked(console: Console, home: Path, contracts: Contracts, ask: Ask) -> dict[str, str]:
    """Ask where each department delivers, again until the answer is of a known kind; without answer: the inbox."""
    answers = {}
    for name, department in contracts.items():
        question = f"{department.label}的文件放在哪里?文件夹或地址(直接回车:收件目录 inbox/{name})"
        while answer := ask(question).strip():
            problems = _problems(answer, home)
            if wrong := [problem for field, problem in problems if field == "url"]:
                console.print(literal(f"{';'.join(wrong)}。请重新输入。"), soft_wrap=True)
                continue
            if problems:
                missing = ";".join(problem for _, problem in problems)
                console.print(literal(f"还要在设置文件里补写:{missing}。"), soft_wrap=True)
            answers[name] = answer
            break
    return answers
