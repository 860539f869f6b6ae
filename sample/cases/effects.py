"""Define planted cases: a household's members, and one small record per event or status.

Belongs here: the vocabulary of planted cases. Does not belong here: the cases, their rows (``rows``).

``member`` is the position in ``Case.members``. Money is in hundredths of 元.
Months are relative to the sample's last month (0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sample.months import When

CareType = Literal["住院", "门诊", "门特"]
ALWAYS = -99
"""A month before every sample."""


@dataclass(frozen=True)
class Kin:
    """A member: relation to the head, age in years and months in the last month, sex, labour ability."""

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
"""First and last day of the last month, and the last day of the month before."""


@dataclass(frozen=True)
class Settlement:
    """A medical settlement; ``paid`` is the self-payment; ``delivered`` defaults to the month of ``when``."""

    care: CareType
    paid: int
    when: When
    member: int = 0
    delivered: int | None = None
    number: str | None = None
    is_reversal: bool = False
    admitted: When | None = None


@dataclass(frozen=True)
class Death:
    """A death, the month that reports it, and the first month without the person on the register."""

    when: When
    member: int
    reported: int = 0
    gone: int | None = None


@dataclass(frozen=True)
class Departure:
    """The first month without the member on the register."""

    member: int
    gone: int


@dataclass(frozen=True)
class Allowance:
    """A subsistence allowance that ends in a month, whose list may still show the stop."""

    member: int
    until: int | None = None
    is_stop_shown: bool = False


@dataclass(frozen=True)
class Support:
    """Extreme-poverty support from a month on, and before another month."""

    member: int
    since: int = ALWAYS
    until: int | None = None


@dataclass(frozen=True)
class Relief:
    """A place on a list of 2026: edge, rigid or child; ``until`` is its last day, None: a year and more away."""

    member: int
    relief_list: Literal["edge", "rigid", "child"]
    until: When | None = None
    has_left: bool = False


@dataclass(frozen=True)
class Expense:
    """What the household paid for school in twelve months, in hundredths of 元."""

    education: int


@dataclass(frozen=True)
class Disability:
    """A disability certificate, listed from a month on; ``later`` is another grade in the last month."""

    member: int
    grade: str
    later: str | None = None
    since: int = ALWAYS


@dataclass(frozen=True)
class Diagnosis:
    """A serious illness."""

    when: When
    member: int = 0


@dataclass(frozen=True)
class Insurance:
    """A status of medical insurance other than 正常参保 (None: no row this year)."""

    member: int
    status: str | None
    is_last_year_only: bool = False


@dataclass(frozen=True)
class Employment:
    """An employment status other than 在业."""

    member: int
    status: str


@dataclass(frozen=True)
class Unemployment:
    """A registration as unemployed since a day."""

    when: When
    member: int = 0


@dataclass(frozen=True)
class Assistance:
    """A temporary assistance payment."""

    reason: str
    when: When
    member: int = 0
    delivered: int | None = None


@dataclass(frozen=True)
class Monitoring:
    """Monitoring of the household from a month on; ``eliminated`` is the month in which the risk ended."""

    category: str
    identified: int = -8
    eliminated: int | None = None


MONITORED = Monitoring("边缘易致贫户")
ELIMINATED = Monitoring("边缘易致贫户", identified=-12, eliminated=-3)


@dataclass(frozen=True)
class Dropout:
    """A dropout from school, at any age."""

    member: int


@dataclass(frozen=True)
class Pension:
    """A pension that may be drawn after death."""

    member: int
    draws_after_death: bool = False


@dataclass(frozen=True)
class Alias:
    """Another name in the health department's records: a homophone, or with another middle dot."""

    member: int
    how: Literal["homophone", "dot"]


@dataclass(frozen=True)
class SecondHome:
    """A second registration in the household of another case."""

    member: int
    case: str


Effect = (
    Settlement | Death | Departure | Allowance | Support | Relief | Expense | Disability | Diagnosis | Insurance
    | Employment | Unemployment | Assistance | Monitoring | Dropout | Pension | Alias | SecondHome
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A planted household and the expected results about it in the last month.

    ``fires`` are exactly the risk rules that must flag it; ``misses`` are the rules that it narrowly misses.
    ``conflicts`` and ``no_conflicts`` are reconciliation rules with the member concerned (None: the household).
    """

    note: str
    fires: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    members: tuple[Kin, ...] = (HEAD, WIFE, MOTHER)
    is_registered: bool = False
    net: tuple[tuple[int, int], ...] = ((ALWAYS, 60_000_00),)
    """Household net income from a month on, in hundredths of 元."""
    housing: str = "A级"
    draft_housing: str | None = None
    """Housing grade in a first delivery that a re-delivery corrects."""
    member_housing: str | None = None
    """Housing grade in the rows after the household's first, which contradict it."""
    has_water: bool = True
    changes: tuple[tuple[str, str | bool], ...] = ()
    """Household values that change in the last month."""
    moves: bool = False
    place: Literal["any", "street", "corrected"] = "any"
    needs: int = 1
    """Minimum number of months in the sample."""
    in_year: bool = False
    """The required months must be in the year of the last month."""
    conflicts: tuple[tuple[str, int | None], ...] = ()
    no_conflicts: tuple[tuple[str, int | None], ...] = ()
