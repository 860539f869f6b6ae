"""The documentation is behind the login, needs nothing from anywhere, and leaves every other path to Dagster."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from orchestration.commands.ui import guard
from orchestration.commands.ui.documents import Documents
from orchestration.commands.ui.guard import Guard
from orchestration.dictionary import ADDRESS, address, department_tables, marts

TOKEN = "the-token-of-this-start"
LOGIN = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(guard, "peer", lambda scope: "127.0.0.1 uid 1000")
    guarded = Guard(Documents(PlainTextResponse("Dagster")), TOKEN, 3000)
    return TestClient(guarded, base_url="http://127.0.0.1:3000", follow_redirects=False)


def test_nobody_reads_it_without_a_login(client: TestClient) -> None:
    for name in ("", "index.html", "dbt.html", "data-dictionary.xlsx"):
        assert client.get(f"{ADDRESS}{name}").status_code == 401


def test_the_page_the_workbook_and_the_page_of_dbt(client: TestClient) -> None:
    page = client.get(ADDRESS, headers=LOGIN)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "农户基础信息名册" in page.text
    for place in (
        address(department_tables.TITLE, "agriculture/household_register"),
        address(marts.TITLE, "marts.household_risk"),
    ):
        assert f'id="{place.partition("#")[2]}"' in page.text
    assert client.get(f"{ADDRESS}index.html", headers=LOGIN).content == page.content
    dbt = client.get(f"{ADDRESS}dbt.html", headers=LOGIN)
    assert "model.shouwang.household_risk" in dbt.text
    workbook = client.get(f"{ADDRESS}data-dictionary.xlsx", headers=LOGIN)
    assert marts.TITLE in openpyxl.load_workbook(io.BytesIO(workbook.content), read_only=True).sheetnames
    for answer in (page, dbt):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert not re.search(r"https?:|[*]|connect-src", policy)


def test_other_paths(client: TestClient) -> None:
    assert client.get("/dictionary", headers=LOGIN).headers["location"] == ADDRESS
    for name in ("settings.toml", "../restricted/secret", "%2e%2e/restricted/secret"):
        answer = client.get(f"{ADDRESS}{name}", headers=LOGIN)
        assert answer.status_code == 404 or answer.text == "Dagster"
    for path in ("/", "/dictionaryx", "/assets/dictionary/"):
        assert client.get(path, headers=LOGIN).text == "Dagster"
