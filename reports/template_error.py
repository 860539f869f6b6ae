"""The error of a template, in words for the person who edits it in Word."""

from __future__ import annotations

from pathlib import Path


class TemplateError(RuntimeError):
    """A Word template cannot be used; the message is Chinese, and names the template and the variable."""

    def __init__(self, template: Path, problem: str) -> None:
        super().__init__(f"报告模板 {template.name} 有误:{problem}可用的变量见 docs/zh/report.md。")
