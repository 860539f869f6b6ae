"""The file of a city, and what is wrong with it in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.city.counties import load_city
from orchestration.runtime.city import FILE, CityError, refuse_city

COUNTY = '[[counties]]\ncode = "441802"\nname = "清城区"\npublished = "../441802/published"\n'


PROVINCE = 'name = "广东省"\nstorage = "union"\n'
STORE = """\
[object_store]
url = "s3://province/unions"
endpoint_url = "https://s3.example.gov.cn"
access_key = "shouwang"
secret_file = "s3.secret"
"""


def _write(home: Path, text: str) -> Path:
    (home / FILE).write_text(text, "utf-8")
    return home


def test_counties_with_paths_from_the_home(tmp_path: Path) -> None:
    city = load_city(_write(tmp_path, f'name = "清远市"\n{COUNTY}'))
    assert (city.name, city.codes) == ("清远市", ("441802",))
    assert city.counties[0].published == tmp_path / "../441802/published"


def test_an_object_store_has_its_secret_below_the_home(tmp_path: Path) -> None:
    city = load_city(_write(tmp_path, f"{PROVINCE}{STORE}{COUNTY}"))
    assert city.object_store
    assert (city.object_store.shown, city.object_store.secret_file) == ("s3://province/unions", tmp_path / "s3.secret")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "清远市"', "counties 没有写;至少要有一节"),
        ('name = "清远市"\ncounties = []', "counties 是空的或太长"),
        (COUNTY, "name 没有写"),
        (f'name = "清远市"\n{COUNTY.replace("441802", "4418", 1)}', "第 1 个 .* 的 code 应为 6 位区县代码"),
        (f'name = "清远市"\n{COUNTY}{COUNTY.replace("published =", "folder =")}', "第 2 个 .* published 没有写"),
        (f'name = "清远市"\n{COUNTY}path = "x"\n', "第 1 个 .* 没有名为 .*path 的设置项;可用:code、name、published"),
        ('name = "清远市', "写法有误"),
        (f'name = "广东省"\n{STORE}{COUNTY}', r"有 \[object_store\] 时还要写 storage"),
        (f"{PROVINCE}{STORE.replace('access_key', 'key')}{COUNTY}", r"\[object_store\] 的 access_key 没有写"),
        (f"{PROVINCE}{STORE.replace('https', 'http')}{COUNTY}", "object_store:http:// 不加密"),
        (f'{PROVINCE}{STORE}bucket = "x"\n{COUNTY}', r"\[object_store\] 的 没有名为 .*bucket 的设置项;可用:url"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CityError, match=told):
        load_city(_write(tmp_path, text))


def test_another_home_is_no_city(tmp_path: Path) -> None:
    refuse_city(tmp_path, "")
    with pytest.raises(CityError, match="shouwang city init"):
        load_city(tmp_path)
    _write(tmp_path, f'name = "清远市"\n{COUNTY}')
    with pytest.raises(CityError, match="请用别的"):
        refuse_city(tmp_path, "请用别的")
