"""What may be planted in a household: its members, and one small record per thing that happens to it.

Belongs here: the vocabulary of planted cases. Does not belong here: the cases, their rows (``plant``).

``member`` is the position in ``Case.members``. Money is hundredths of 元.
Months are told from the sample's last one (0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sample.months import When

CareType = Literal["住院", "门诊", "门特"]
ALWAYS = -99
"""A month before any sample."""


@dataclass(frozen=True)
class Kin:
    """A member: years and months from the birth month to the last month, sex, labour ability."""

    relation: str
    years: int
    months: int = 0
    sex: Literal["男", "女"] = "男"
    labour: str = "普通劳动力"


HEAD = Kin("户主", 46)
WIFE = Kin("配偶", 44, sex="女")
MOTHER = Kin("父母", 72, sex="女", labour="无劳动力")
CHILD = Kin("子女", 10, labour="无劳动力")
PARENTS = (HEAD, WIFE)
FIRST, LAST, BEFORE = When(0, 1), When(0, 31), When(-1, 31)
"""First and last day of the last month, and the day before its first."""


@dataclass(frozen=True)
class Settled:
    """A medical settlement with that self-payment, delivered with its own month unless told otherwise."""

    care: CareType
    paid: int
    when: When
    member: int = 0
    delivered: int | None = None
    number: str | None = None
    is_reversal: bool = False
    admitted: When | None = None


@dataclass(frozen=True)
class Died:
    """A death, the month that reports it, and the first month in which the register leaves the person out."""

    when: When
    member: int
    reported: int = 0
    gone: int | None = None


@dataclass(frozen=True)
class Left:
    """The register leaves the member out from that month on."""

    member: int
    gone: int


@dataclass(frozen=True)
class Allowed:
    """On the subsistence list until a month, whose list may still show the stop."""

    member: int
    until: int | None = None
    is_stop_shown: bool = False


@dataclass(frozen=True)
class Supported:
    """On the extreme-poverty list from a month until before another."""

    member: int
    since: int = ALWAYS
    until: int | None = None


@dataclass(frozen=True)
class Disabled:
    """A disability certificate, listed from a month on, perhaps with another grade in the last month."""

    member: int
    grade: str
    later: str | None = None
    since: int = ALWAYS


@dataclass(frozen=True)
class Diagnosed:
    """A serious illness."""

    when: When
    member: int = 0


@dataclass(frozen=True)
class Insured:
    """Medical insurance other than 正常参保 (None: no row this year)."""

    member: int
    status: str | None
    is_last_year_only: bool = False


@dataclass(frozen=True)
class Works:
    """Employment other than 在业."""

    member: int
    status: str


@dataclass(frozen=True)
class Jobless:
    """Registered as unemployed since a day."""

    when: When
    member: int = 0


@dataclass(frozen=True)
class Assisted:
    """A temporary assistance payment."""

    reason: str
    when: When
    member: int = 0
    delivered: int | None = None


@dataclass(frozen=True)
class Monitored:
    """Listed as a monitored household, perhaps eliminated in a month."""

    category: str
    identified: int = -8
    eliminated: int | None = None


MONITORED = Monitored("边缘易致贫户")
ELIMINATED = Monitored("边缘易致贫户", identified=-12, eliminated=-3)


@dataclass(frozen=True)
class DropsOut:
    """Out of school, whatever the age."""

    member: int


@dataclass(frozen=True)
class DrawsPension:
    """The pension is drawn, also after death where told so."""

    member: int
    draws_after_death: bool = False


@dataclass(frozen=True)
class Called:
    """The health department writes another name: of a like sound, or with another middle dot."""

    member: int
    how: Literal["homophone", "dot"]


@dataclass(frozen=True)
class AlsoIn:
    """The member stands on the sheet of another planted household as well."""

    member: int
    case: str


Effect = (
    Settled | Died | Left | Allowed | Supported | Disabled | Diagnosed | Insured | Works | Jobless | Assisted
    | Monitored | DropsOut | DrawsPension | Called | AlsoIn
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A planted household and what must come out for it in the last month.

    ``fires`` are exactly the risk rules that flag it; ``misses`` those that it comes close to. ``conflicts`` and
    ``no_conflicts`` name reconciliation rules with the member concerned (None: the household).
    """

    note: str
    fires: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    members: tuple[Kin, ...] = (HEAD, WIFE, MOTHER)
    is_registered: bool = False
    net: tuple[tuple[int, int], ...] = ((ALWAYS, 60_000_00),)
    """Household net income from a month on, in hundredths."""
    housing: str = "A级"
    draft_housing: str | None = None
    """What a first delivery says that a re-delivery corrects."""
    member_housing: str | None = None
    """What the rows after the household's first say, against it."""
    has_water: bool = True
    changes: tuple[tuple[str, str | bool], ...] = ()
    """Household values of the last month that differ from the earlier ones."""
    moves: bool = False
    place: Literal["any", "street", "corrected"] = "any"
    needs: int = 1
    """Months that the sample must have."""
    in_year: bool = False
    """The months needed must lie in the last month's year."""
    conflicts: tuple[tuple[str, int | None], ...] = ()
    no_conflicts: tuple[tuple[str, int | None], ...] = ()
