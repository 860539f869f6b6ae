"""Invent names from common characters."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample.chance import pick

SURNAMES = [*"陈李黄张梁林刘吴罗杨郑何谢邓曾朱冯钟赖蔡潘温廖江谭邱叶范成汤骆莫植禤"]
_COMMON_FIRST = len(SURNAMES)
_MEN = [*"伟强志明国华建军文辉永家俊杰海锋荣贵金胜土生木水火旺福寿添财有兴德仁义礼智信恒宏达平安健康"]
_WOMEN = [*"丽英秀芳兰玉珍凤娟美玲燕红梅霞云月桂花彩银娣好妹巧惠敏静雪莹婷晓欣怡思慧春秋金带"]
_DOTTED = ("阿依古丽·买买提", "古丽娜·艾山", "卓玛·央金", "帕提古丽·吐尔逊", "娜仁·其其格", "阿孜古丽·木沙")
_TWO_CHARACTERS = 0.22
_WITH_DOT = 0.003


def surnames(rng: np.random.Generator, size: int) -> pl.Series:
    """Draw surnames, common ones more often."""
    weights = 1.0 / (np.arange(_COMMON_FIRST) + 4.0)
    return pick(rng, SURNAMES, size, list(weights))


def given_names(rng: np.random.Generator, men: np.ndarray) -> pl.Series:
    """Draw given names of one or two characters by sex."""
    size = len(men)
    first = pl.select(
        pl.when(pl.Series(men)).then(pick(rng, _MEN, size)).otherwise(pick(rng, _WOMEN, size))
    ).to_series()
    second = pl.select(
        pl.when(pl.Series(men)).then(pick(rng, _MEN, size)).otherwise(pick(rng, _WOMEN, size))
    ).to_series()
    is_short = pl.Series(rng.random(size) < _TWO_CHARACTERS)
    return pl.select(pl.when(is_short).then(first).otherwise(first + second)).to_series()


def with_some_dotted(rng: np.random.Generator, names: pl.Series, may: np.ndarray) -> pl.Series:
    """Replace a few of the names by names with a middle dot; ``may`` marks the candidates."""
    size = len(names)
    chosen = pl.Series(may & (rng.random(size) < _WITH_DOT))
    return pl.select(pl.when(chosen).then(pick(rng, _DOTTED, size)).otherwise(names)).to_series()


def full_names(rng: np.random.Generator, men: np.ndarray) -> pl.Series:
    """Draw full names of people without a family."""
    return surnames(rng, len(men)) + given_names(rng, men)
