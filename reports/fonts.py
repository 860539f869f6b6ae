"""Find a font with Chinese characters for charts.

Belongs here: which fonts will do, and what to say if there is none. Does not belong here: the fonts of Word documents,
which are named in the template and are those of the reader's computer.
"""

from __future__ import annotations

from functools import cache

FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei",
    "HarmonyOS Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "PingFang SC", "Droid Sans Fallback",
)  # fmt: skip
"""Fonts with Simplified Chinese characters, the best first."""
MISSING = (
    "本机没有中文字体,画不了图表。请安装一种,例如 Debian、Ubuntu 的软件包 fonts-noto-cjk,"
    "openEuler、CentOS 的 google-noto-sans-cjk-ttc-fonts,或把有使用权的黑体字体文件放进 ~/.fonts;"
    "装好后 fc-list :lang=zh 应列出它。"
)


class FontError(RuntimeError):
    """No font has Chinese characters; the message is in Chinese."""


@cache
def chinese_font() -> str:
    """Return the name of the best installed font with Chinese characters. Raises FontError if there is none."""
    from matplotlib import font_manager

    def best() -> str | None:
        known = {font.name for font in font_manager.fontManager.ttflist}
        return next((name for name in FONTS if name in known), None)

    if found := best():
        return found
    # The list of fonts is kept in a cache of the user: a font may have been installed since.
    known_files = {font.fname for font in font_manager.fontManager.ttflist}
    for file in font_manager.findSystemFonts():
        if file not in known_files:
            try:
                font_manager.fontManager.addfont(file)
            except (OSError, RuntimeError):
                continue
    if found := best():
        return found
    raise FontError(MISSING)
