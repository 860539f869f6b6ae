"""dbt does the same with less: events that nobody writes are not even built, templates are compiled once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dbt_common.clients.jinja import MacroFuzzEnvironment, get_environment
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.types import Formatting, Note

from orchestration.dbt.parsed import WantedEvents, build_events_late, compile_templates_once, find_seeds


def test_an_event_for_debugging_is_fired_only_if_a_logger_writes_it() -> None:
    manager, fired = WantedEvents(), list[Any]()
    manager.add_callback(fired.append)
    for level in (EventLevel.DEBUG, EventLevel.INFO, EventLevel.ERROR):
        manager.fire_event(Note(msg="x"), level)
    assert [message.info.level for message in fired] == ["info", "error"]
    manager.loggers.append(SimpleNamespace(level=EventLevel.DEBUG, filter=lambda _: False))
    manager.fire_event(Note(msg="x"), EventLevel.DEBUG)
    assert [message.info.level for message in fired] == ["info", "error", "debug"]


def test_an_event_is_built_once_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("__init__", "__getattr__"):
        monkeypatch.setattr(BaseEvent, name, getattr(BaseEvent, name))
    at_once = [event.to_json() for event in (Note(msg="x"), Formatting("y"))]
    build_events_late()
    late = Note(msg="x"), Formatting("y")
    assert not any("pb_msg" in vars(event) for event in late)
    assert [event.message() for event in late] == ["x", "y"]
    assert [event.to_json() for event in late] == at_once
    with pytest.raises(AttributeError):
        _ = late[0].nothing


def test_a_template_is_compiled_once_and_rendered_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MacroFuzzEnvironment, "compile", MacroFuzzEnvironment.compile)

    templates = list[str]()
    from_string = MacroFuzzEnvironment.from_string

    def noted(self: MacroFuzzEnvironment, text: str) -> Any:
        templates.append(text)
        return from_string(self, text)

    def using(*macros: str) -> SimpleNamespace:
        return SimpleNamespace(macros=macros)

    nodes = {
        "model": SimpleNamespace(
            resource_type="model", raw_code="select {{ number }}", depends_on=using("macro.dbt.a")
        ),
        "seed": SimpleNamespace(resource_type="seed", raw_code="{{"),
    }
    macros = {
        "macro.dbt.a": SimpleNamespace(macro_sql="{# of a #}", depends_on=using("macro.dbt.b")),
        "macro.dbt.b": SimpleNamespace(macro_sql="{# of b #}", depends_on=using("macro.dbt.a")),
        "macro.dbt.other": SimpleNamespace(macro_sql="{{", depends_on=using()),
        "macro.shouwang.ours": SimpleNamespace(macro_sql="{# ours #}", depends_on=using()),
    }
    with monkeypatch.context() as watched:
        watched.setattr(MacroFuzzEnvironment, "from_string", noted)
        compile_templates_once(SimpleNamespace(nodes=nodes, macros=macros))
    assert templates == ["select {{ number }}", "{# of a #}", "{# of b #}", "{# ours #}"]
    first, second = get_environment(), get_environment()
    assert first.compile("select {{ number }}") is second.compile("select {{ number }}")
    assert first.compile("select {{ other }}") is second.compile("select {{ other }}")
    assert [e.from_string("select {{ number }}").render({"number": n}) for n, e in enumerate((first, second))] == [
        "select 0",
        "select 1",
    ]


def test_seeds_are_read_from_where_the_project_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kinds = ("seed", "model")
    nodes = {kind: SimpleNamespace(resource_type=kind, root_path="/earlier/place") for kind in kinds}
    # Macros see the nodes as dbt has copied them once it had parsed the project.
    seen = {kind: {"root_path": "/earlier/place"} for kind in kinds}
    find_seeds(SimpleNamespace(nodes=nodes, flat_graph={"nodes": seen}))
    wanted = [str(tmp_path), "/earlier/place"]
    assert [nodes[kind].root_path for kind in kinds] == wanted
    assert [seen[kind]["root_path"] for kind in kinds] == wanted
