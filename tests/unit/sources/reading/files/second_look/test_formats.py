"""A number format tells what a person sees, where that is not the value."""

from __future__ import annotations

import pytest

from sources.reading.files.second_look.formats import Shown, code_of, is_date, is_plain, shown, shown_text
from sources.reading.files.sheet import NUMBER, SCALED, TEXT, UNCLEAR

ACCOUNTING = '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("0!.0000", "12013.5", "1.20135"),
        ("0.00,", "12345", "12.345"),
        ("#,##0,", "-1500", "-1.5"),
        ('#,##0,,"百万"', "12345678", "12.345678百万"),
        ('0!.0,"万元"', "125000", "12.5万元"),
        ('0\\.0,"万"', "125000", "12.5万"),
        ('0"."0,', "125000", "12.5"),
        ("#!.0,", "12345", "1.2345"),
        ("0.00%", "0.125", "12.5%"),
        ('0.0"%"', "12.5", "12.5%"),
        ('0.00,,"万"\n%', "125000", "12.5万"),
        ('0.00"万元"', "12.5", "12.5万元"),
        ('General"万元"', "12.5", "12.5万元"),
        ('0.00"元"', "12.5", "12.5元"),
        ('#"万"0000"元"', "120135", "120135元"),
        ('[>=10000]0!.0,"万";0', "123450", "12.345万"),
        ('0.0,"万";-0.0,"万"', "-125000", "-125万"),
        ("0.0,;[Red]-0.0,", "-3000", "-3"),
        ("0000!.00", "202105", "2021.05"),
        ('"约"0.0,', "1500", "1.5"),
        ('0.0,"k"', "1500", "1.5k"),
    ],
)
def test_a_figure_is_scaled_to_the_last_digit_and_keeps_the_unit_of_its_format(
    code: str, value: str, text: str
) -> None:
    assert not is_plain(code)
    assert shown(code, value) == Shown(text, SCALED)


@pytest.mark.parametrize(
    ("code", "value", "seen"),
    [
        ("000000", "1234", Shown("001234", NUMBER)),
        ("00", "5", Shown("05", NUMBER)),
        ("000-0000", "1234567", Shown("123-4567", TEXT)),
        ('0000"年"00"月"00"日"', "20210501", Shown("2021年05月01日", TEXT)),
        ('"4418"0000', "12", Shown("44180012", TEXT)),
        ('"GF"000000', "12", Shown("GF000012", TEXT)),
        ('"共"0"户"', "24", Shown("共24户", TEXT)),
        ('0"000"', "12", Shown("12000", TEXT)),
        ('[=1]"是";[=0]"否"', "1", Shown("是", TEXT)),
        ('"男";;"女"', "0", Shown("女", TEXT)),
        ("0!,000", "12345", None),
        ("000000", "12.5", None),
        ("000000000000000000", "440802199001011", None),
    ],
)
def test_codes_and_words_are_what_is_shown(code: str, value: str, seen: Shown | None) -> None:
    assert not is_plain(code) or seen is None
    assert shown(code, value) == seen


@pytest.mark.parametrize(
    ("code", "value"),
    [(";;;", "5"), ('""', "5"), ("**;**;**", "5"), ("0;;0", "-5"), ("-0.00", "5"), ("0!.00!.000", "12345")],
)
def test_what_is_hidden_or_cannot_be_told_is_unclear(code: str, value: str) -> None:
    assert not is_plain(code)
    assert shown(code, value) == Shown(value, UNCLEAR)


@pytest.mark.parametrize("value", ["0", "5", "-5", "1234.5"])
@pytest.mark.parametrize(
    "code",
    [
        "General", "G/通用格式", "0", "0.00", "#,##0.00", "# ##0", "@", "0_ ", "0;0", "0;-0;;@", ACCOUNTING, "0.00E+00",
        "# ?/?", "#,##0.00_);[Red]\\(#,##0.00\\)", "0.0_ ;[Red]\\-0.0\\ ", "¥#,##0.00;¥-#,##0.00", "[$¥-804]#,##0.00",
        "$#,##0_);($#,##0)", '0"组"', '0.0"岁"', "[DBNum2][$-804]General", "[Red][>=100]0;[Blue]0", "yyyy-mm-dd",
        '[$-804]yyyy"年"m"月"', "[h]:mm",
    ],
)  # fmt: skip
def test_rounding_currencies_and_colours_leave_the_value(code: str, value: str) -> None:
    assert is_plain(code)
    assert shown(code, value) is None


def test_formats_of_texts_add_or_hide() -> None:
    assert shown_text('@"村"', "大塘") == Shown("大塘村", TEXT)
    assert shown_text(";;;", "甲") == Shown("甲", UNCLEAR)
    assert [shown_text(code, "甲") for code in ("0", "@", "0;-0;;@", "General")] == [None] * 4
    assert [is_plain(code) for code in ('@"村"', "0;-0;0;", "0;-0;;@")] == [False, False, True]


def test_built_in_formats_have_no_code_in_the_file() -> None:
    assert [code_of(number, {}) for number in (0, 2, 9, 10, 44)] == ["General", "General", "0%", "0.00%", "General"]
    assert [is_date(code_of(number, {})) for number in (14, 22, 31, 57, 164)] == [True] * 4 + [False]
    assert code_of(164, {164: "0.0,"}) == "0.0,"
    assert code_of(165, {165: "0" * 256}) == "General"
