"""The secret is made once; where keys exist, a lost or other secret is refused."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import polars as pl
import pytest

from sources.home import Home
from sources.privacy.secret import SecretError, check_secret, compare_keys, fingerprint_path, read_secret
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk
from tests.unit.sources.ledger import INCOME, NAME, accepted_rows, income_file

REGISTER = CONTRACTS.dataset("household_register")


@pytest.fixture
def taken(desk: Desk) -> Desk:
    """A home with keys."""
    desk.put(REGISTER, "户籍名册.csv", income_file(1, 2, 3, dataset=REGISTER))
    desk.put(INCOME, NAME, income_file(1, 2))
    intake = desk.intake()
    for dataset in (REGISTER, INCOME):
        assert intake.take(dataset).status == "accepted"
    return desk


def _everything(home: Home) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in home.root.rglob("*") if p.is_file()}


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    secret = read_secret(home, CONTRACTS)
    assert len(secret) == 64
    assert read_secret(home, CONTRACTS) == secret
    configured = tmp_path / "keys" / "secret"
    assert read_secret(home, CONTRACTS, configured) == read_secret(home, CONTRACTS, configured)
    for file in (home.restricted / "secret", configured, fingerprint_path(home)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["geheim", " geheim\n", "\tgeheim\r\n"])
def test_white_space_around_the_secret_does_not_count(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_bytes(text.encode())
    assert read_secret(Home(tmp_path), CONTRACTS, tmp_path / "secret") == b"geheim"


@pytest.mark.parametrize(("content", "said"), [(b" \n", "密钥文件是空的"), (b"\xff\xfe\x00", "不是文本文件")])
def test_a_file_without_a_secret_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(SecretError, match=said):
        read_secret(Home(tmp_path), CONTRACTS, tmp_path / "secret")


def test_the_fingerprint_does_not_hold_the_secret_and_differs_from_home_to_home(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("geheim")
    digests = set()
    for name in ("a", "b"):
        home = Home(tmp_path / name)
        home.prepare()
        read_secret(home, CONTRACTS, tmp_path / "secret")
        text = fingerprint_path(home).read_text("utf-8")
        assert "geheim" not in text
        digests.add(json.loads(text)["digest"])
    assert len(digests) == 2


def test_a_lost_secret_is_refused_and_not_replaced(taken: Desk) -> None:
    path = taken.home.restricted / "secret"
    aside = path.rename(taken.home.root / "backup")
    before = _everything(taken.home)
    with pytest.raises(SecretError, match=f"密钥文件不存在:{path}.*请从备份恢复"):
        taken.intake()
    with pytest.raises(SecretError, match="密钥文件不存在"):
        taken.intake(secret_file=taken.home.root / "elsewhere" / "secret")
    assert _everything(taken.home) == before
    aside.rename(path)
    assert taken.intake().take(INCOME).status == "accepted"


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s.upper(), lambda _: "another"])
def test_another_secret_is_refused(taken: Desk, change) -> None:  # type: ignore[no-untyped-def]
    path = taken.home.restricted / "secret"
    secret = path.read_text()
    path.write_text(change(secret))
    with pytest.raises(SecretError, match="不是生成现有代码的那个密钥") as refused:
        taken.intake()
    assert secret not in str(refused.value)
    path.write_text(f"\n{secret} \r\n")
    assert taken.intake().take(INCOME).status == "accepted"


@pytest.mark.parametrize("damaged", [None, "{}", '{"salt": "x"'])
def test_a_home_without_a_fingerprint_is_recognised_by_its_kept_identities(taken: Desk, damaged: str | None) -> None:
    path, fingerprint = taken.home.restricted / "secret", fingerprint_path(taken.home)
    fingerprint.unlink()
    if damaged is not None:
        fingerprint.write_text(damaged)
    secret = path.read_text()
    path.write_text("another")
    with pytest.raises(SecretError, match="不是生成现有代码的那个密钥"):
        taken.intake()
    path.write_text(secret)
    assert check_secret(taken.home, CONTRACTS) == secret.encode()
    taken.intake()
    shutil.rmtree(taken.home.restricted / "identities")
    path.write_text("another")
    with pytest.raises(SecretError, match="指纹不符"):
        taken.intake()


def test_one_key_that_an_upgrade_makes_otherwise_makes_no_secret_another_one(taken: Desk) -> None:
    secret = read_secret(taken.home, CONTRACTS)
    fingerprint_path(taken.home).unlink()
    is_first = pl.int_range(pl.len()) == 0
    files = list(taken.home.restricted.glob("identities/*/*/month=*/rows.parquet"))
    assert files
    for file in files:
        rows = pl.read_parquet(file)
        keys = [name for name in rows.columns if name.endswith("_key")]
        changed = [pl.when(is_first).then(pl.lit("0" * 64)).otherwise(pl.col(key)).alias(key) for key in keys]
        rows.with_columns(changed).write_parquet(file)
    assert read_secret(taken.home, CONTRACTS) == secret


def test_keys_that_cannot_be_compared_are_refused(taken: Desk) -> None:
    fingerprint_path(taken.home).unlink()
    shutil.rmtree(taken.home.restricted / "identities")
    with pytest.raises(SecretError, match="无法核对密钥"):
        taken.intake()


def test_a_damaged_file_of_identities_leaves_the_others_to_decide(taken: Desk) -> None:
    fingerprint_path(taken.home).unlink()
    (taken.home.identities(REGISTER, MONTH) / "rows.parquet").write_bytes(b"PAR1")
    taken.intake()
    assert fingerprint_path(taken.home).exists()


def test_a_home_without_keys_takes_any_secret(desk: Desk) -> None:
    desk.intake()
    path = desk.home.restricted / "secret"
    path.write_text("another")
    desk.put(INCOME, NAME, income_file(1))
    desk.intake().take(INCOME)
    path.write_text("a third")
    with pytest.raises(SecretError):
        desk.intake()


def test_a_secret_that_is_lost_for_good_needs_a_new_home_with_the_originals(taken: Desk, tmp_path: Path) -> None:
    """The way that the README describes: archive and delivery log go to a new home, whose months run again."""
    new = Desk(Home(tmp_path / "new"))
    new.home.prepare()
    for name in ("archive", "deliveries"):
        shutil.copytree(taken.home.restricted / name, new.home.restricted / name)
    intake = new.intake()
    assert [intake.take(dataset).status for dataset in (REGISTER, INCOME)] == ["accepted", "accepted"]
    keys = [accepted_rows(home)["household_key"].to_list() for home in (taken.home, new.home)]
    assert len(keys[0]) == len(keys[1]) == 2
    assert set(keys[0]).isdisjoint(keys[1])


def test_every_kept_identity_is_compared(taken: Desk) -> None:
    file = taken.home.identities(REGISTER, MONTH) / "rows.parquet"
    secret = read_secret(taken.home, CONTRACTS)
    assert compare_keys(file, REGISTER, secret) == (9, 0)
    assert compare_keys(file, REGISTER, b"another", pairs=1) == (3, 3)
    rows = pl.read_parquet(file)
    rows.with_columns(
        person_key=pl.when(pl.int_range(pl.len()) == 1).then(pl.lit("x")).otherwise("person_key")
    ).write_parquet(file)
    assert compare_keys(file, REGISTER, secret) == (9, 1)
