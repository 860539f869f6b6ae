"""Convert between units of the same scale (semantics §2)."""

from __future__ import annotations

_SCALES: tuple[dict[str, int], ...] = (
    {"元": 0, "千元": 3, "万元": 4},
    {"米": 0, "公里": 3},
    {"人": 0, "万人": 4},
)
_COUNTS = ("个", "人次", "座", "户", "次")
"""Units of counts, which convert into no other unit."""
UNITS = (*(unit for scale in _SCALES for unit in scale), *_COUNTS)
"""Every unit that a contract may name."""


def power_of_ten(unit: str, own: str | None) -> int | None:
    """Return the power of ten that converts ``unit`` to ``own``, the unit of the contract; None if none does."""
    if unit == own:
        return 0
    for scale in _SCALES:
        if unit in scale and own in scale:
            return scale[unit] - scale[own]
    return None
