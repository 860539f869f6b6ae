"""Messages fit into the limits of a channel, and together they hold every character of every alert."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.automation.alerts.messages import HEAD_ROOM, messages, pieces, size

LIMIT = 400
HEAD = "守望告警 07-05 09:00,共 3 条"
TEXT = st.text(st.sampled_from('民政局,。"\\ab1 \n\U0001f600'), max_size=400)


@given(st.lists(TEXT.filter(str.strip), min_size=1, max_size=6))
def test_nothing_is_lost_and_nothing_is_too_long(texts: list[str]) -> None:
    alerts = {str(no): text for no, text in enumerate(texts)}
    sent = messages(alerts, LIMIT, HEAD)
    assert all(size(message.text) <= LIMIT for message in sent)
    assert [key for message in sent for key in message.completes] == list(alerts)
    received = "".join(message.text.partition("\n")[2] for message in sent)
    assert re.sub(r"\n", "", received) == re.sub(r"\n", "", "".join(texts))


@given(TEXT)
def test_pieces_end_at_lines_unless_a_line_is_longer_than_a_message(text: str) -> None:
    found = pieces(text, 60)
    assert all(size(piece) <= 60 for piece in found)
    whole = {line for line in text.split("\n") if size(line) <= 60}
    assert whole - {""} <= {line for piece in found for line in piece.split("\n")}


def test_an_alert_that_fits_is_kept_whole() -> None:
    alerts = {str(no): f"【报送有问题】第 {no} 张表\n" + "原因" * 20 for no in range(5)}
    sent = messages(alerts, LIMIT, HEAD)
    assert len(sent) > 1
    for key, text in alerts.items():
        (holding,) = [message for message in sent if key in message.completes]
        assert text in holding.text
    assert [message.text.partition("\n")[0] for message in sent] == [
        f"{HEAD}({no}/{len(sent)})" for no in range(1, len(sent) + 1)
    ]


def test_one_message_has_no_number() -> None:
    (message,) = messages({"a": "磁盘空间不足"}, LIMIT, HEAD)
    assert message.text == f"{HEAD}\n磁盘空间不足"


@pytest.mark.parametrize("count", [1, 999])
def test_the_head_has_room(count: int) -> None:
    assert size(f"守望告警 12-31 23:59,共 {count} 条({count}/{count})\n") <= HEAD_ROOM
