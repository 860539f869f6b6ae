"""Rows of an interface: three ways of paging and more, exact digits, and every way in which pages go wrong."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sources.landing.transport.interface import answers, client, found, tally
from sources.landing.transport.interface import rows as rows_module
from tests.servers import replies
from tests.servers.https import HttpsServer
from tests.servers.replies import Answer, Fault, Reply, Request
from tests.unit.sources.landing.transport.interfaces import PAGED, ROWS, Interface

Make = Callable[..., Interface]
_NUMBERS = count()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_WAIT", 0.01)


@pytest.fixture
def path(https: HttpsServer) -> Iterator[str]:
    """A path of its own for each test; the rows are there, page by page."""
    path = f"/rows/{next(_NUMBERS)}"
    https.requests.clear()
    https.add_pages(path, ROWS)
    yield path
    https.behave(path)


@pytest.fixture
def make(https: HttpsServer, path: str, tmp_path: Path) -> Make:
    return lambda **settings: Interface(https, path, tmp_path, **{**PAGED, **settings})


def test_pages_by_number(https: HttpsServer, make: Make) -> None:
    interface = make()
    fetched = interface.fetch()
    assert [json.loads(line) for line in interface.target.read_text("utf-8").splitlines()] == ROWS
    assert [r.query["page"] for r in https.requests] == ["1", "2", "3"]
    assert {r.query["month"] for r in https.requests} == {"202106"}
    assert fetched.rows == 250
    facts = dict(fetched.facts)
    assert facts["fields"] == {"姓名": ["string"], "金额": ["number"]}
    assert (facts["rows"], facts["pages"], facts["total"]) == (250, 3, 250)
    assert facts["params"] == {"month": "202106"}
    json.dumps(facts)


def test_pages_by_number_without_a_total_end_at_an_empty_page(https: HttpsServer, make: Make) -> None:
    assert make(total=None).rows() == ROWS
    assert [r.query["page"] for r in https.requests] == ["1", "2", "3", "4", "5", "1"]


def test_a_server_with_smaller_pages_than_asked_for_loses_nothing(https: HttpsServer, path: str, make: Make) -> None:
    right = replies.repeat({"size": "40"})
    https.misbehave(path, right)
    assert make().rows() == ROWS
    assert make(total=None).rows() == ROWS


def test_pages_by_offset(https: HttpsServer, path: str, make: Make) -> None:
    def answer(request: Request) -> Reply:
        first = int(request.query["skip"])
        return Reply.json({"rows": ROWS[first : first + 90], "total": 250})

    https.add(path, answer)
    assert make(page={"offset": "skip"}).rows() == ROWS


def test_pages_by_cursor(https: HttpsServer, path: str, make: Make) -> None:
    https.add_pages(path, ROWS, by="cursor")
    page = {"cursor": "cursor", "from": "next_cursor", "size": "size", "per_page": 60}
    assert make(page=page).rows() == ROWS
    assert [r.query.get("cursor") for r in https.requests] == [None, "c60", "c120", "c180", "c240"]


@pytest.mark.parametrize("page", [{"next": "next"}, {"link": True}])
def test_pages_by_address(https: HttpsServer, path: str, make: Make, page: dict[str, Any]) -> None:
    https.add_pages(path, ROWS, by="link")
    assert make(page=page).rows() == ROWS
    assert {r.query["month"] for r in https.requests} == {"202106"}


def test_pages_that_are_asked_for_in_a_body(https: HttpsServer, path: str, make: Make) -> None:
    for body_as in ("json", "form"):
        interface = make(method="POST", body={"month": "{month:%Y%m}", "all": True}, body_as=body_as, params=None)
        assert interface.rows() == ROWS
    assert {r.method for r in https.requests} == {"POST"}
    assert json.loads(https.requests[1].body) == {"month": "202106", "all": True, "size": 100, "page": 2}
    assert https.requests[-1].body == b"month=202106&all=true&size=100&page=3"


def test_one_answer_may_be_the_list_itself(https: HttpsServer, path: str, make: Make) -> None:
    https.add(path, lambda _: Reply.json(ROWS))
    assert make(rows=None, total=None, page=None).rows() == ROWS


def test_rows_keep_every_digit_and_sign(https: HttpsServer, path: str, make: Make) -> None:
    text = '{"data": {"list": [\r\n  {"b" : 1.10,\n "a": 12345678901234567890.123456789e-3, "c": "x\\u4e00\\n\ty"}\n]}}'
    https.add(path, lambda _: Reply(headers={"Content-Type": "application/json"}, body=text.encode()))
    (line,) = make(rows="data.list", total=None, page=None).lines()
    assert line == '{"b" : 1.10,  "a": 12345678901234567890.123456789e-3, "c": "x\\u4e00\\n\ty"}'


def test_the_digest_of_rows_is_that_of_their_set(https: HttpsServer, path: str, make: Make) -> None:
    interface = make()

    def content(rows: list[dict[str, Any]]) -> str:
        https.add_pages(path, rows)
        return interface.fetch().content

    first = content(ROWS)
    assert content(list(reversed(ROWS))) == first
    assert content([dict(reversed(row.items())) for row in ROWS]) == first
    assert content([*ROWS[:-1], {**ROWS[-1], "金额": "249"}]) != first, "a text is no number"
    assert content([*ROWS, ROWS[0]]) != first
    assert content([*ROWS[1:], {**ROWS[0], "金额": 7}]) != first


@pytest.mark.parametrize("kind", ["application/json; charset=GBK", "application/json;charset=gb18030"])
def test_answers_in_gb18030_become_utf_8(https: HttpsServer, path: str, make: Make, kind: str) -> None:
    body = json.dumps({"rows": ROWS}, ensure_ascii=False).encode("gbk")
    https.add(path, lambda _: Reply(headers={"Content-Type": kind}, body=body))
    assert make(total=None, page=None).rows() == ROWS


def test_compressed_answers_are_unpacked(https: HttpsServer, path: str, make: Make) -> None:
    body = gzip.compress(json.dumps({"rows": ROWS}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    https.add(path, lambda _: Reply(headers=headers, body=body))
    assert make(total=None, page=None).rows() == ROWS


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (replies.total(251), "只收到 250 行,对方说有 251 行"),
        (replies.total(249), "收到 250 行,比对方说的 249 行多"),
        (replies.repeat({"page": "1"}), "第 2 页与前面的一页完全相同"),
        (replies.nested(100_000), "嵌套超过 64 层"),
        (replies.nested(65), "嵌套超过 64 层"),
        (lambda answer, request: answer(request).with_json(total="many"), "total 不是行数"),
        (lambda answer, request: answer(request).with_json(total=None), "total 不是行数"),
        (lambda answer, request: answer(request).with_json(rows="none"), "rows 不是列表"),
        (lambda answer, request: answer(request).with_json(rows=[], total=0), "一行数据也没有"),
        (lambda answer, request: answer(request).with_json(rows=None, total=0), "一行数据也没有"),
        (lambda answer, request: answer(request).with_json(rows=[[1]]), "不是对象"),
        (lambda answer, request: Reply.json({"total": 2}), "没有 rows 这一项"),
        (lambda answer, request: Reply.json({"rows": [{"a": 1}]}), "没有 total 这一项"),
        (lambda answer, request: Reply.json([{"a": 1}]), "没有 rows 这一项"),
        (lambda answer, request: replace(answer(request), body=answer(request).body[:-1]), "不是完整的 JSON"),
        (lambda answer, request: replace(answer(request), body=b""), "不是完整的 JSON"),
        (lambda answer, request: replace(answer(request), body=answer(request).body + b"{}"), "不是完整的 JSON"),
        (lambda answer, request: replace(answer(request), body=b'{"rows": [], "rows": []}'), "出现两次"),
        (lambda answer, request: replace(answer(request), body='{"rows": "甲"}'.encode("gbk")), "文字编码与它说的不符"),
        (replies.longer(b" " * 9), "比对方说的长"),
    ],
)
def test_pages_that_are_wrong_are_refused_by_name(
    https: HttpsServer, path: str, make: Make, fault: Fault, words: str
) -> None:
    https.misbehave(path, fault)
    assert words in make().problem().cause


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("text/html; charset=utf-8", "网页"),
        ("application/xml", "不是 JSON"),
        ("application/json; charset=big5", "不是 UTF-8 或 GB18030"),
        ("application/json; charset=utf-16", "不是 UTF-8 或 GB18030"),
    ],
)
def test_other_kinds_of_content_are_refused(https: HttpsServer, path: str, make: Make, kind: str, words: str) -> None:
    https.misbehave(path, lambda answer, request: replace(answer(request), headers={"Content-Type": kind}))
    assert words in make().problem().cause
    if "html" in kind:
        assert make(content_type="text/html").rows() == ROWS


def test_a_total_that_changes_between_pages_is_refused(https: HttpsServer, path: str, make: Make) -> None:
    https.misbehave(path, lambda answer, request: answer(request), times=1)
    https.misbehave(path, replies.total(300))
    problem = make().problem()
    assert "总行数变了" in problem.cause
    assert problem.is_passing


def test_a_total_that_the_settings_do_not_name_is_seen(https: HttpsServer, make: Make) -> None:
    problem = make(total=None, page=None).problem()
    assert "只收到 100 行,对方的答复里却写着共 250 行" in problem.cause
    assert make(total="", page=None).rows() == ROWS[:100]


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ("data", {"code": 0, "count": 250, "data": ROWS[:100]}),
        ("rows", {"page": 1, "total": 3, "records": 250, "rows": ROWS[:100]}),
        ("data.list", {"total": "250", "data": {"list": ROWS[:100]}}),
        ("data.page.records", {"data": {"totalCount": 250, "page": {"records": ROWS[:100], "count": 100}}}),
    ],
)
def test_a_total_is_seen_where_common_programs_put_it(
    https: HttpsServer, path: str, make: Make, rows: str, answer: dict[str, Any]
) -> None:
    https.add(path, lambda request: Reply.json(answer))
    assert "却写着共 250 行" in make(total=None, page=None, rows=rows).problem().cause
    assert make(total="", page=None, rows=rows).rows() == ROWS[:100]


@pytest.mark.parametrize("page", [PAGED["page"], {"offset": "skip", "size": "size", "per_page": 100}])
def test_an_empty_page_before_others_is_not_taken_for_the_end(
    https: HttpsServer, path: str, make: Make, page: dict[str, Any]
) -> None:
    def hiding(request: Request) -> Reply:
        first = int(request.query.get("skip") or (int(request.query["page"]) - 1) * 100)
        return Reply.json({"rows": [] if first == 100 else ROWS[first : first + 100]})

    https.add(path, hiding)
    assert "第 2 页是空的,后面的页却还有数据" in make(total=None, page=page).problem().cause


def test_rows_that_move_while_they_are_fetched_are_refused(https: HttpsServer, path: str, make: Make) -> None:
    def moving(answer: Answer, request: Request) -> Reply:
        if request.query["page"] == "2":
            https.add_pages(path, [{"姓名": "new", "金额": 0}, *ROWS])
        return answer(request)

    https.misbehave(path, moving)
    assert "第一页已与开始时不同" in make(total="").problem().cause
    https.add_pages(path, ROWS)
    assert "总行数变了" in make().problem().cause
    https.misbehave(path, lambda answer, request: answer(request).with_json(version=request.query["page"]))
    assert "数据变了" in make(changed="version").problem().cause


def test_a_cursor_that_was_seen_is_refused(https: HttpsServer, path: str, make: Make) -> None:
    number = iter(range(1000))
    fault = lambda answer, request: Reply.json({"rows": [{"a": next(number)}], "next": ["x", "y"][next(number) % 2]})  # noqa: E731
    https.misbehave(path, fault)
    problem = make(total=None, page={"cursor": "cursor", "from": "next"}).problem()
    assert "已经取过" in problem.cause


def test_a_next_page_that_the_answer_does_not_tell_is_refused(make: Make) -> None:
    page = {"cursor": "cursor", "from": "nowhere"}
    assert "没有 nowhere 这一项" in make(total=None, page=page).problem().cause
    assert "只收到 100 行" in make(page=page).problem().cause


def test_errors_in_the_answer_are_errors(https: HttpsServer, path: str, make: Make) -> None:
    ok = {"path": "code", "value": 0}
    https.misbehave(path, lambda answer, request: answer(request).with_json(code="0"))
    assert make(ok=ok).rows() == ROWS
    https.misbehave(path, lambda answer, request: Reply.json({"code": 40013, "msg": "refused on purpose"}))
    assert "错误码 40013" in make(ok=ok).problem().cause
    https.misbehave(path, lambda answer, request: Reply.json({"code": "refused on purpose", "rows": []}))
    assert "报告出错" in make(ok=ok).problem().cause
    https.behave(path)
    assert "没有 code 这一项" in make(ok=ok).problem().cause


def test_answers_larger_than_the_limit_are_left_in_the_middle(
    https: HttpsServer, path: str, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "MAX_PAGE", 1 << 20)
    https.misbehave(path, replies.endless())
    assert "一页超过 1 MiB" in make().problem().cause
    bomb = gzip.compress(b" " * (50 << 20))
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    https.misbehave(path, lambda answer, request: Reply(headers=headers, body=bomb))
    assert "一页超过 1 MiB" in make().problem().cause
    https.misbehave(path, lambda answer, request: Reply(headers={**headers, "Content-Encoding": "br"}, body=bomb))
    assert "压缩方式" in make().problem().cause
    https.misbehave(path, lambda answer, request: Reply(headers=headers, body=b"no gzip"))
    assert "无法解开" in make().problem().cause


def test_too_many_values_bytes_and_names_are_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(answers, "MAX_VALUES", 200)
        assert "超过 200 个值" in make().problem().cause
    with monkeypatch.context() as patch:
        patch.setattr(tally, "MAX_BYTES", 1000)
        assert "数据超过" in make().problem().cause
    with monkeypatch.context() as patch:
        patch.setattr(tally, "MAX_FIELDS", 1)
        assert "字段名超过" in make().problem().cause
    with monkeypatch.context() as patch:
        patch.setattr(rows_module, "MAX_PAGES", 2)
        assert "超过 2 页" in make().problem().cause


@pytest.mark.parametrize(
    "fault", [replies.truncate(20), replies.status(503), replies.status(502), replies.status(429, Retry_After="0")]
)
def test_passing_troubles_are_tried_again(https: HttpsServer, path: str, make: Make, fault: Fault) -> None:
    https.misbehave(path, fault, times=2)
    assert make().rows() == ROWS
    assert len(https.requests) == 5
    https.misbehave(path, fault)
    assert make().problem().is_passing
    assert len(https.requests) == 5 + client.ATTEMPTS


@pytest.mark.parametrize(
    ("fault", "words", "is_passing"),
    [
        (replies.status(401), "拒绝登录(401)", False),
        (replies.status(403), "不准", False),
        (replies.status(404), "没有这个地址", False),
        (replies.status(400), "不接受这个请求(400)", False),
        (replies.status(500), "出错(500)", True),
        (replies.status(503, Retry_After="3600"), "繁忙或暂停服务(503)", True),
    ],
)
def test_other_statuses_are_not_tried_again(
    https: HttpsServer, path: str, make: Make, fault: Fault, words: str, is_passing: bool
) -> None:
    https.misbehave(path, fault)
    problem = make().problem()
    assert words in problem.cause
    assert problem.is_passing is is_passing
    assert len(https.requests) == 1


def test_a_server_that_falls_silent_is_given_up(
    https: HttpsServer, path: str, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "SILENT_SECONDS", 0.3)
    https.misbehave(path, replies.stall(after=10))
    problem = make().problem()
    assert "没有按时回应" in problem.cause
    assert problem.is_passing


def test_a_version_in_the_answer_spares_fetching(https: HttpsServer, path: str, make: Make) -> None:
    def said(version: str) -> Fault:
        return lambda answer, request: answer(request).with_json(version=version)

    assert make().offer().version == ""
    https.misbehave(path, said("a"))
    first = make(changed="version").offer().version
    assert first == make(changed="version").offer().version
    assert make(changed="version", params={"m": "{month:%Y%m}", "kind": "2"}).offer().version != first
    https.misbehave(path, said("b"))
    assert make(changed="version").offer().version not in ("", first)
    https.behave(path)
    assert "没有 version 这一项" in make(changed="version").problem().cause


def test_trying_out_reads_one_row(https: HttpsServer, make: Make) -> None:
    with make().location.open(["medical_settlements"]) as source:
        assert source.try_out() == [
            ("解析域名", "1 个地址"),
            ("连接并读取 medical_settlements", "读到 1 行,共 250 行"),
        ]


def test_each_table_of_a_department_has_its_path(https: HttpsServer, path: str, make: Make) -> None:
    https.add_pages(f"{path}/a", ROWS[:3])
    interface = make(tables={"medical_settlements": "a?month={month:%Y%m}&kind=1"}, params=None)
    (offer,) = interface.listing(["medical_settlements", "chronic_patients"]).offers
    assert (offer.name, offer.table) == ("medical_settlements.jsonl", "medical_settlements")
    assert interface.rows() == ROWS[:3]
    assert https.requests[-1].query["kind"] == "1"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_of_our_own_is_no_fault_of_the_other_side(make: Make) -> None:
    interface = make()
    interface.target = Path("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        interface.fetch()
