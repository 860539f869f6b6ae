"""Templates, work lists and roll-back as the command line asks for them: which department is meant, what is refused."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.commands.cli import app
from orchestration.commands.departments import department_named
from orchestration.commands.workbooks import write_lists, write_notices, write_prefilled_templates
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings, SettingsError
from sources.home import Home
from tests.unit.workbooks.announced import announced, set_days
from tests.unit.workbooks.district import JULY, JUNE, settled_district
from tests.unit.workbooks.worklists import lists


@pytest.mark.parametrize("text", ["civil_affairs", "民政局"])
def test_a_department_has_its_name_and_its_label(text: str) -> None:
    assert department_named(text).name == "civil_affairs"
    assert department_named("农业农村局") is department_named("农业农村局(乡村振兴局)")


def test_an_unknown_department_names_those_that_there_are() -> None:
    with pytest.raises(ShouwangError, match=r"civil_affairs\(民政局\)"):
        department_named("教育局")


def test_templates_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["template", "健康", "--out", str(tmp_path / "x")])
    assert isinstance(answer.exception, ShouwangError)
    answer = CliRunner().invoke(app, ["template", "health", "--out", str(tmp_path / "模板")])
    assert answer.exit_code == 0, answer.output
    assert sorted(p.name for p in (tmp_path / "模板").iterdir()) == [
        "医疗费用结算明细_模板.xlsx",
        "城乡居民医疗保险参保名册_模板.xlsx",
        "大病专项救治名单_模板.xlsx",
    ]


@pytest.mark.parametrize("command", [["worklist", "2021-06"], ["publicity", "2021-06"], ["rollback"]])
def test_where_nothing_is_published_there_are_no_lists_and_no_way_back(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    answer = CliRunner().invoke(app, command)
    assert isinstance(answer.exception, ShouwangError)
    assert "还没有发布" in str(answer.exception)
    assert not (tmp_path / "home").exists()


def test_lists_go_where_the_settings_want_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    district = settled_district(Home(tmp_path / "home"))
    lists(district)
    for name, wants in (("agriculture", "true"), ("health", "false")):
        (tmp_path / name).mkdir()
        with (tmp_path / "home" / "settings.toml").open("a") as file:
            back = f'{{ folder = "清单", work_lists = {wants} }}'
            file.write(f'[locations.{name}]\nurl = "{tmp_path / name}"\ngive_back = {back}\n')
    paths = write_lists(Console(width=400), Settings(), JUNE)
    there = tmp_path / "agriculture" / "清单" / "2021-06"
    assert sorted(p.name for p in there.iterdir()) == sorted(p.name for p in paths)
    assert len(paths) == 2
    assert list((tmp_path / "health").iterdir()) == []
    assert f"已把 2 个工作簿放到 {tmp_path / 'agriculture'}/清单/2021-06" in capsys.readouterr().out
    write_lists(Console(width=400), Settings(), JUNE)
    assert "已有同样的工作簿" in capsys.readouterr().out


def test_public_notices_say_what_is_missing_and_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHOUWANG_OFFICE_PHONE", "0763-3366000")
    marts = announced(settled_district(Home(tmp_path / "home")))
    with pytest.raises(ShouwangError, match="没有生效的参数 publicity_days"):
        write_notices(Console(width=400), Settings(), JUNE)
    set_days(marts)
    (path, _) = write_notices(Console(width=400), Settings(), JUNE)
    assert "2021-06:2 个村(社区)的公示名单,共 3 户,在 " in capsys.readouterr().out
    assert "联系电话:0763-3366000" in str(openpyxl.load_workbook(path).worksheets[0]["A2"].value)


@pytest.mark.parametrize("phone", ["张三 13800138000", "0763\n1", "1" * 41])
def test_the_office_phone_is_a_number_only(phone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_OFFICE_PHONE", phone)
    with pytest.raises(SettingsError):
        Settings()


def test_prefilled_templates_are_written_to_the_outbox_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    settled_district(Home(tmp_path / "home"))
    outbox = tmp_path / "home" / "outbox" / "agriculture" / "2021-07" / "模板"
    arguments = ["template", "农业农村局", "--month", "2021-07"]
    with pytest.raises(ShouwangError, match=f"只写到 {outbox}"):
        write_prefilled_templates(Console(), Settings(), "农业农村局", JULY, tmp_path / "elsewhere")
    assert not outbox.exists()
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert "农户基础信息名册_2021-07_预填.xlsx  5 行,来自 2021-06" in result.stdout
    assert len(list(outbox.iterdir())) == 19
    with pytest.raises(ShouwangError, match="之前没有接收过数据"):
        write_prefilled_templates(Console(), Settings(), "农业农村局", JUNE, None)
    with pytest.raises(ShouwangError, match="之前没有接收过数据"):
        write_prefilled_templates(Console(), Settings(), "民政局", JULY, None)
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(ShouwangError, match="nowhere;请检查 SHOUWANG_HOME"):
        write_prefilled_templates(Console(), Settings(), "农业农村局", JULY, None)
    assert not (tmp_path / "nowhere").exists()
