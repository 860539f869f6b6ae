"""delivery.yaml: keys and texts as they are written, of a small regular file, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sources.landing.settings import MAX_KIB, read_settings


def _written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "delivery.yaml").write_bytes(text.encode(encoding))
    return folder


def test_a_folder_without_settings_has_the_defaults(tmp_path: Path) -> None:
    settings, problem = read_settings(tmp_path)
    assert (settings.mode, settings.assigned, problem) == ("replace_all", {}, None)


@pytest.mark.parametrize(
    ("text", "mode", "files"),
    [
        ("", "replace_all", {}),
        ("# 说明\n", "replace_all", {}),
        ("mode: replace_towns", "replace_towns", {}),
        ("files: {表1.csv: deaths, 2021.csv: deaths}", "replace_all", {"表1.csv": "deaths", "2021.csv": "deaths"}),
        ("\ufefffiles:\n  表1.csv: deaths\nmode: replace_all\n", "replace_all", {"表1.csv": "deaths"}),
        ("mode:\nfiles:\n", "replace_all", {}),
        ("files: {'& *.csv': \"deaths\"}", "replace_all", {"& *.csv": "deaths"}),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_mode_and_files(tmp_path: Path, text: str, mode: str, files: dict[str, str], encoding: str) -> None:
    settings, problem = read_settings(_written(tmp_path, text, encoding))
    assert (settings.mode, settings.assigned, problem) == (mode, files, None)


@pytest.mark.parametrize("name", ["012", "12:30", "1_000", "1e3", "0x1F", "2021-06-30", "yes", "null", "~", ".inf"])
def test_a_file_name_that_yaml_would_take_for_something_else_stays_as_written(tmp_path: Path, name: str) -> None:
    settings, problem = read_settings(_written(tmp_path, f"files:\n  {name}: deaths\n"))
    assert (settings.assigned, problem) == ({name: "deaths"}, None)


@pytest.mark.parametrize(
    "text",
    [
        "mode: replace_some",
        "mode: {}",
        "mode: null",
        "modes: replace_towns",
        "mode: replace_all\nmode: replace_towns",
        "files: [a.csv]",
        "files: a.csv",
        "files: {a.csv: [deaths]}",
        "files: {a.csv: {b: deaths}}",
        "files: {a.csv: deaths, a.csv: births}",
        "files: {[a.csv]: deaths}",
        "files: &all {a.csv: deaths}",
        "files: {a.csv: &d deaths, b.csv: *d}",
        "files: {<<: {a.csv: deaths}}",
        "files: {a.csv: !!str deaths}",
        "mode: !mine replace_all",
        "mode: replace_all\n---\nmode: replace_all",
        'files: {"\\ud800": deaths}',
        "- a",
        "{",
        "a",
        "\x00",
        "[" * 5000,
        "{a: " * 5000,
    ],
)
def test_anything_else_is_refused_and_changes_nothing(tmp_path: Path, text: str) -> None:
    settings, problem = read_settings(_written(tmp_path, text))
    assert (settings.mode, settings.assigned) == ("replace_all", {})
    assert problem is not None
    assert "delivery.yaml" in problem


def test_a_large_file_is_refused_and_not_cut_off(tmp_path: Path) -> None:
    text = "mode: replace_towns\n"
    full = text + "#" * (MAX_KIB * 1024 - len(text))
    assert read_settings(_written(tmp_path, full))[0].mode == "replace_towns"
    settings, problem = read_settings(_written(tmp_path, full + "#"))
    assert (settings.mode, problem is None) == ("replace_all", False)


def test_links_pipes_and_folders_are_not_opened(tmp_path: Path) -> None:
    path, real = tmp_path / "delivery.yaml", tmp_path / "real.yaml"
    real.write_text("mode: replace_towns\n", encoding="utf-8")
    for make in (lambda: path.symlink_to(real), lambda: os.mkfifo(path), path.mkdir):
        make()
        settings, problem = read_settings(tmp_path)
        assert (settings.mode, problem is None) == ("replace_all", False)
        path.rmdir() if path.is_dir() else path.unlink()
