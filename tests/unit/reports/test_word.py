"""Test filling templates in: what a county may write, what is refused and how, the same bytes."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import datetime
from pathlib import Path

import docx
import pytest

from reports import word
from reports.charts import Chart
from reports.template_error import TemplateError
from reports.word import Filling, write_document
from reports.words import Words, noted

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63600000000200"
    "0148afa4710000000049454e44ae426082"
)
WORKERS = Words(noted("538人", "w"), 数值="538", 单位="人")
VALUES = {
    "县区": "清城区",
    "指标": Words("", 外出务工人数=WORKERS),
    "项目": [Words("", 名称="a<b"), Words("", 名称="c")],
}


def template(folder: Path, *paragraphs: str) -> Path:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    path = folder / "本县月报.docx"
    document.save(str(path))
    return path


def filling(**charts: Chart) -> Filling:
    return Filling(VALUES, charts, {"w": "来源(甲),第3版"}, datetime(2021, 7, 12, 9))


def texts(document: bytes) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(document)).paragraphs]


def part(document: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        return parts.read(name).decode()


def test_values_and_loops_are_filled_in(tmp_path: Path) -> None:
    path = template(
        tmp_path, "{{ 县区 }}有{{ 指标.外出务工人数 }},", "{%p for 项 in 项目 %}", "{{ 项.名称 }}", "{%p endfor %}"
    )
    assert texts(write_document(path, filling())) == ["清城区有538人\uff0c", "a<b", "c"]


def test_the_first_mention_of_a_figure_has_its_note(tmp_path: Path) -> None:
    path = template(tmp_path, "{{ 指标.外出务工人数 }}和{{ 指标.外出务工人数 }}", "{{ 指标.外出务工人数 }}")
    document = write_document(path, filling())
    body, notes = part(document, "word/document.xml"), part(document, "word/endnotes.xml")
    assert body.count("<w:endnoteReference ") == 1
    assert texts(document) == ["538人和538人", "538人"]
    assert "来源\uff08甲\uff09\uff0c第3版" in notes
    assert "\ue000" not in body


def test_an_unknown_variable_is_named_with_the_template(tmp_path: Path) -> None:
    path = template(tmp_path, "有{{ 指标.外出务工人 }}")
    with pytest.raises(TemplateError) as caught:
        write_document(path, filling())
    assert "本县月报.docx" in str(caught.value)
    assert "“外出务工人”" in str(caught.value)
    assert "{{ 指标.外出务工人 }}" in str(caught.value)
    assert "外出务工人数" in str(caught.value).partition("是不是")[2]


@pytest.mark.parametrize("text", ["{{ 没有 }}", "{% if 没有 %}x{% endif %}", "{{ 没有.数值 }}", "{{ 没有 + 1 }}"])
def test_an_unknown_name_fails_wherever_it_is_used(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError, match="没有名为“没有”的变量"):
        write_document(template(tmp_path, text), filling())


@pytest.mark.parametrize(
    ("text", "said"),
    [("{%p for 项 in 项目 %}", "缺少结束的"), ("{{ 县区 }", "写法有误"), ("{% 如果 %}", "写法有误")],
)
def test_a_wrong_tag_is_explained(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        write_document(template(tmp_path, "前文", text, "后文"), filling())


@pytest.mark.parametrize(
    "text",
    [
        "{{ 县区.__class__.__mro__ }}",
        "{{ 县区.format(1) }}",
        "{{ 指标.clear() }}",
        "{{ '县' * 1000000000 }}",
        "{{ 9 ** 99999999 }}",
        "{% for n in range(100000000) %}x{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ '%999999999d' % 1 }}",
        "{{ 县区 | center(1000000000) }}",
        "{{ cycler('a') }}",
    ],
)
def test_a_template_runs_no_code(tmp_path: Path, text: str) -> None:
    start = time.process_time()
    with pytest.raises(TemplateError):
        write_document(template(tmp_path, text), filling())
    assert time.process_time() - start < 5


def test_what_is_no_template_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "模板.docx"
    with pytest.raises(TemplateError, match="读不到文件"):
        write_document(path, filling())
    path.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(TemplateError, match=r"另存为 \.docx"):
        write_document(path, filling())
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("a.txt", "b")
    with pytest.raises(TemplateError, match="不是能填写的 Word 文档"):
        write_document(path, filling())
    monkeypatch.setattr(word, "MAX_UNPACKED", 1000)
    with pytest.raises(TemplateError, match="解压后超过"):
        write_document(template(tmp_path, "x"), filling())


def test_pictures_are_described_and_absent_ones_are_nothing(tmp_path: Path) -> None:
    path = template(
        tmp_path, "{{ 图.趋势 }}", "{%p if 图.资金 %}", "有", "{%p else %}", "没有{{ 图题.趋势 }}", "{%p endif %}"
    )
    given = Filling(VALUES, {"趋势": Chart("各月户数", "<svg/>", PNG), "资金": None}, {}, datetime(2021, 7, 12))
    document = write_document(path, given)
    assert 'descr="各月户数"' in part(document, "word/document.xml")
    assert texts(document)[-1] == "没有各月户数"


def test_the_same_values_give_the_same_bytes(tmp_path: Path) -> None:
    path = template(tmp_path, "{{ 县区 }}{{ 指标.外出务工人数 }}", "{{ 图.趋势 }}")
    given = filling(趋势=Chart("各月户数", "<svg/>", PNG))
    first = write_document(path, given)
    time.sleep(2.1)
    assert write_document(path, given) == first
