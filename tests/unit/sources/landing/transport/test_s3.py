"""What only object stores have: pages, prefixes that are no folders, hashes in ETags, settings of the user's home."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import Any

import pytest

from sources.landing.transport import s3
from sources.landing.transport.files import ODD_NAME
from sources.landing.transport.trouble import TransportError, explained
from sources.months import Month
from tests.unit.sources.landing.transport.kinds import Place, place_of

JUNE = Month(2021, 6)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of("s3", request, tmp_path)


def test_a_folder_of_several_pages_is_listed_to_its_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_PAGE", 3)
    for number in range(10):
        place.put(f"2021-06/{number}.csv")
    with place.location().open(["x", "y"]) as source:
        assert len(source.listing(JUNE).offers) == 10


def test_marks_of_empty_folders_are_no_files_and_double_slashes_are_named(place: Place) -> None:
    for key in ("2021-06/", "2021-06/a.csv", "2021-06/空/", "2021-06//b.csv"):
        place.put(key)
    with place.location().open(["x", "y"]) as source:
        listing = source.listing(JUNE)
    assert [offer.name for offer in listing.offers] == ["a.csv"]
    assert listing.left_out == (("", ODD_NAME),)


def test_an_object_in_parts_is_fetched_though_its_etag_is_no_hash(place: Place, tmp_path: Path) -> None:
    client, key = place.server.client(), place.entry["url"].partition(place.server.bucket + "/")[2] + "/2021-06/a.bin"
    parts = [os.urandom(5 << 20), b"end"]
    upload = client.create_multipart_upload(Bucket=place.server.bucket, Key=key)["UploadId"]
    options = {"Bucket": place.server.bucket, "Key": key, "UploadId": upload}
    tags = [client.upload_part(**options, PartNumber=n, Body=part)["ETag"] for n, part in enumerate(parts, 1)]
    done = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
    client.complete_multipart_upload(**options, MultipartUpload={"Parts": done})
    with place.location().open(["x", "y"]) as source:
        (offer,) = source.listing(JUNE).offers
        assert "-2" in offer.version
        source.fetch(offer, JUNE, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"".join(parts)


@pytest.mark.parametrize("more", [{"ServerSideEncryption": "aws:kms"}, {"SSECustomerAlgorithm": "AES256"}])
def test_the_etag_of_an_encrypted_object_is_no_hash(more: dict[str, str]) -> None:
    tag = {"ETag": f'"{"0" * 32}"'}
    assert s3._announced(tag) == "0" * 32
    assert s3._announced(tag | more) is None
    assert s3._announced({"ETag": f'"{"0" * 32}-2"'}) is None


def test_content_that_is_not_what_the_etag_says_is_refused() -> None:
    right = hashlib.md5(b"content").hexdigest()
    assert io.BufferedReader(s3._Body(io.BytesIO(b"content"), right)).read() == b"content"
    assert io.BufferedReader(s3._Body(io.BytesIO(b"content"), None)).read() == b"content"
    with pytest.raises(TransportError, match="校验值不符"):
        io.BufferedReader(s3._Body(io.BytesIO(b"damaged"), right)).read()


def test_settings_of_the_home_and_the_environment_are_not_used(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put("2021-06/a.csv")
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nendpoint_url = http://127.0.0.1:1\nregion = nowhere\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "other")
    for name in ("AWS_ENDPOINT_URL", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_PROFILE", "absent")
    with place.location().open(["x", "y"]) as source:
        assert len(source.listing(JUNE).offers) == 1


def test_an_absent_bucket_is_said(place: Place) -> None:
    location = place.location(url="s3://absent")
    with pytest.raises(TransportError, match="没有设置里写的"), location.open(["x", "y"]) as source:
        source.listing(JUNE)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"endpoint_url": "http://s3.example"}, "plain"),
        ({"endpoint_url": "https://a:b@s3.example"}, "密码"),
        ({"secret_file": None}, "secret_file"),
        ({"url": "s3:///x"}, "桶"),
    ],
)
def test_settings_that_would_show_secrets_or_lack_them_are_refused(
    place: Place, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        place.location(**settings)


@pytest.mark.parametrize("end", ["stop", "pause"])
def test_a_server_that_dies_or_stands_still_is_worth_another_try(
    tmp_path: Path, end: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.servers.s3 import s3_server

    monkeypatch.setattr(s3, "SILENT_SECONDS", 1.0)
    with s3_server(tmp_path) as server:
        (tmp_path / "secret").write_text(server.secret)
        (tmp_path / "secret").chmod(0o600)
        entry = {
            "url": f"s3://{server.bucket}",
            "endpoint_url": server.url,
            "access_key": server.key,
            "secret_file": str(tmp_path / "secret"),
            "pattern": "{month:%Y-%m}/",
        }
        location = s3.S3Location.model_validate(entry)
        with location.connect() as store:
            assert list(store.entries("")) == []
            getattr(server.process, end)()
            with pytest.raises(TransportError) as refused, explained(location.explain):
                list(store.entries(""))
    assert refused.value.is_passing
