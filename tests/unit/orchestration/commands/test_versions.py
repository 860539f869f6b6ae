"""The doctor's versions: against the lock file in a checkout, against the wheel's own requirements elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.commands import doctor
from tests.paths import ROOT


def test_markers_extras_and_hashes_of_a_lock_file_are_read(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "packaging[extra]==0.1 ; python_version >= '3.11' \\\n    --hash=sha256:0\n    # via\n    #   shouwang\n"
        "no-such-package==2\nelsewhere==3 ; sys_platform == 'no-such-platform'\n",
        encoding="utf-8",
    )
    answer = doctor.versions(lock)
    assert answer.level == "problem"
    assert answer.text.startswith("与 requirements.lock 不一致:packaging ")
    assert answer.text.endswith("(应为 0.1)、no-such-package 未安装(应为 2)。请执行 make setup。")


def test_the_lock_file_of_the_checkout_pins_every_requirement() -> None:
    pins = doctor._PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert len(pins) > 100
    assert all("==" in pin for pin in pins)


@pytest.mark.parametrize(
    ("asked", "level", "text"),
    [
        (["packaging>=1", "no-such-package>=2 ; extra == 'dev'"], "ok", "依赖与安装包的要求一致"),
        (
            ["packaging>=1,<2", "no-such-package>=2"],
            "problem",
            "no-such-package 未安装(应为 >=2)。请重新安装 shouwang。",
        ),
    ],
)
def test_without_a_lock_file_the_wheel_says_what_it_requires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str], level: str, text: str
) -> None:
    monkeypatch.setattr(doctor, "requires", lambda _: asked)
    answer = doctor.versions(tmp_path / "requirements.lock")
    assert answer.level == level
    assert answer.text.endswith(text)
