"""Read the settings of a location, whatever its kind: addresses that cannot be meant, and what errors show."""

import traceback
from pathlib import Path
from typing import Any

import pytest

from sources.landing.transport import Location, location_of

S3: dict[str, Any] = {"endpoint_url": "https://s3.test", "access_key": "a", "secret_env": "S3_SECRET"}
KEY = f"ssh-ed25519 {'A' * 68}"


@pytest.mark.parametrize(
    "entry",
    [
        {"url": "sftp://host:99999/x", "user": "u", "password_env": "P", "host_key": KEY},
        {"url": "smb://host:port/share/x", "user": "u", "password_env": "P"},
        {"url": "davs://host:-1/x", "user": "u", "password_env": "P"},
        {"url": "s3://bucket:x/y", **S3},
        {"url": "https://host:x/api", "rows": "data", "params": {"month": "{month}"}},
        {"url": "postgresql://host:x/db", "view": "v", "month_column": "m", "user": "u", "password_env": "P"},
        {"url": "sftp://[::1/x"},
    ],
)
def test_an_address_that_cannot_be_one_is_refused_when_the_settings_are_read(
    entry: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r"端口|IPv6"):
        location_of(entry, tmp_path)


@pytest.mark.parametrize(
    "entry",
    [
        {"url": "sftp://u:hunter2@host/x"},
        {"url": "sftp://host/x", "user": "u", "password": "hunter2"},
        {"url": "davs://host/x", "password_file": {"hunter2": "hunter2"}},
        {"url": "postgresql://u:hunter2@host/db", "view": "v", "month_column": "m"},
        {"url": "https://host/api", "token": "hunter2"},
        {"url": "https://host/api", "sign": {"key": "k", "secret": "hunter2"}},
        {"url": "/mnt/x", "give_back": {"password": "hunter2"}},
    ],
)
def test_an_error_shows_no_secret_that_was_written_where_none_belongs(entry: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what is tested
        location_of(entry, tmp_path)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)


def test_a_location_is_shown_without_account_and_parameters(tmp_path: Path) -> None:
    found = location_of({"url": "sftp://u@host:22/x", "host_key": KEY, "password_env": "P"}, tmp_path)
    assert isinstance(found, Location)
    assert found.shown == "sftp://host:22/x"
