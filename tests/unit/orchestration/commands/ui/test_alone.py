"""What a part of the web interface asks for before it starts by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.commands.ui import UiError, alone, code_server, daemon
from orchestration.runtime.settings import Settings


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_a_code_server_that_others_could_reach(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(UiError, match=f"chmod 700 {tmp_path}"):
        alone.serve_code(tmp_path)
    assert not code_server.workspace_of(tmp_path).exists()


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UiError, match="没有目录"):
        alone.serve_code(tmp_path / "nowhere")


def test_a_closed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[tuple[str, ...]] = []
    monkeypatch.setattr(alone, "_become", lambda *command: became.append(command))
    tmp_path.chmod(0o700)
    alone.serve_code(tmp_path)
    monkeypatch.setattr(alone, "become_only_daemon", lambda *_: None)
    alone.serve_daemon(Settings(home=tmp_path / "home"), tmp_path)
    assert [command[0] for command in became] == ["dagster", daemon.__name__]
    assert str(code_server.workspace_of(tmp_path)) in became[1]


def test_a_daemon_without_a_code_server(tmp_path: Path) -> None:
    with pytest.raises(UiError, match="shouwang serve code"):
        alone.serve_daemon(Settings(home=tmp_path / "home"), tmp_path)


def test_web_pages_without_a_fixed_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    with pytest.raises(UiError, match="ui_token_file"):
        alone.serve_web(Settings(), tmp_path, 0, read_only=True)
