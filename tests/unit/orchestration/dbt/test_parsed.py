"""dbt does the same with less: events that nobody writes are dropped, templates are compiled once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from dbt_common.clients.jinja import MacroFuzzEnvironment, get_environment
from dbt_common.events.base_types import EventLevel
from dbt_common.events.types import Note

from orchestration.dbt.parsed import WantedEvents, compile_templates_once


def test_an_event_for_debugging_is_fired_only_if_a_logger_writes_it() -> None:
    manager, fired = WantedEvents(), list[Any]()
    manager.add_callback(fired.append)
    for level in (EventLevel.DEBUG, EventLevel.INFO, EventLevel.ERROR):
        manager.fire_event(Note(msg="x"), level)
    assert [message.info.level for message in fired] == ["info", "error"]
    manager.loggers.append(SimpleNamespace(level=EventLevel.DEBUG, filter=lambda _: False))
    manager.fire_event(Note(msg="x"), EventLevel.DEBUG)
    assert [message.info.level for message in fired] == ["info", "error", "debug"]


def test_a_template_is_compiled_once_and_rendered_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MacroFuzzEnvironment, "compile", MacroFuzzEnvironment.compile)
    nodes = {
        "model": SimpleNamespace(resource_type="model", raw_code="select {{ number }}"),
        "seed": SimpleNamespace(resource_type="seed", raw_code="{{"),
    }
    compile_templates_once(SimpleNamespace(nodes=nodes))
    first, second = get_environment(), get_environment()
    assert first.compile("select {{ number }}") is second.compile("select {{ number }}")
    assert first.compile("select {{ other }}") is second.compile("select {{ other }}")
    assert [e.from_string("select {{ number }}").render({"number": n}) for n, e in enumerate((first, second))] == [
        "select 0",
        "select 1",
    ]
