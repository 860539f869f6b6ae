"""A warehouse that is held or damaged: who holds it, or the way back."""

from __future__ import annotations

import pytest

from orchestration.publishing.condition import problem
from tests.unit.orchestration.conftest import TinyWarehouse
from tests.unit.orchestration.runtime.test_locks import WRITE, _other

READ = WRITE.replace("sys.argv[1]", "sys.argv[1], read_only=True")


def test_a_warehouse_that_is_whole(tiny: TinyWarehouse) -> None:
    assert problem(tiny.file, read_only=False) is None
    tiny.build(["2021-06"])
    assert problem(tiny.file, read_only=True) is None
    assert problem(tiny.file, read_only=False) is None


@pytest.mark.parametrize(("script", "disturbs"), [(WRITE, (True, False)), (READ, (False,))])
def test_a_warehouse_that_is_held(tiny: TinyWarehouse, script: str, disturbs: tuple[bool, ...]) -> None:
    tiny.build(["2021-06"])
    with _other(script, tiny.file, 60) as other:
        told = {read_only: problem(tiny.file, read_only=read_only) for read_only in (True, False)}
        other.kill()
    assert [read_only for read_only, text in told.items() if text] == list(disturbs)
    assert all(f"正在被进程 {other.pid} 使用" in str(told[read_only]) for read_only in disturbs)


@pytest.mark.parametrize("content", [b"\0" * 500_000, b"", b"half"])
def test_a_warehouse_that_is_damaged(tiny: TinyWarehouse, content: bytes) -> None:
    tiny.file.write_bytes(content)
    text = str(problem(tiny.file, read_only=False))
    assert "打不开(文件已损坏)" in text
    assert "shouwang rebuild" in text
