"""A home says which program's layout it has; another one is refused before anything is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.commands import doctor
from orchestration.runtime import instance, layout
from orchestration.runtime.layout import LAYOUT, LayoutError
from orchestration.runtime.settings import Settings
from sources.home import Home
from sources.landing.archive import DeliveryLog
from sources.months import Month


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def _number(settings: Settings, text: str) -> Path:
    path = layout.layout_path(settings.paths)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def _deliver(home: Home) -> None:
    log = DeliveryLog.path(home, "agriculture", Month(2021, 6))
    log.parent.mkdir(parents=True)
    log.write_text("[]", "utf-8")


def test_a_new_home_has_the_layout_of_this_program(settings: Settings) -> None:
    instance.prepare(settings)
    assert layout.layout_path(settings.paths).exists()
    layout.require_same(settings.paths)


def test_a_home_of_before_the_numbers_has_the_first_layout(settings: Settings) -> None:
    _deliver(settings.paths)
    assert layout.kept_layout(settings.paths) == 1


def test_a_newer_home_is_refused_untouched(settings: Settings) -> None:
    file = _number(settings, f'{{"layout": {LAYOUT + 1}}}')
    for work in (lambda: instance.prepare(settings), lambda: layout.require_same(settings.paths)):
        with pytest.raises(LayoutError, match=rf"由更新的程序写成\(数据格式 {LAYOUT + 1},.*请升级程序"):
            work()
    assert [p for p in settings.home.rglob("*") if p.is_file()] == [file]
    wrong = [answer for answer in doctor.content(settings) if answer.level == "problem"]
    assert [answer.subject for answer in wrong] == ["数据格式"]
    assert "请升级程序" in wrong[0].text


def test_an_older_home_is_refused_unless_this_process_rebuilds_it(settings: Settings) -> None:
    _number(settings, '{"layout": 0}')
    with pytest.raises(LayoutError, match="请执行 shouwang rebuild --from-archive"):
        layout.require_same(settings.paths)
    with layout.rebuilding(settings.paths):
        layout.require_same(settings.paths)
    instance.prepare(settings)
    assert layout.kept_layout(settings.paths) == 0, "only a rebuild gives it the new number"


@pytest.mark.parametrize("text", ["", "[]", '{"layout": "new"}', '{"program": "1"}'])
def test_a_damaged_number_is_no_reason_to_guess(settings: Settings, text: str) -> None:
    file = _number(settings, text)
    with pytest.raises(LayoutError, match="已损坏;请从备份恢复它") as refused:
        layout.require_same(settings.paths)
    assert str(file) in str(refused.value)
