"""The data dictionary: what every table, column, rule, figure, parameter and check means, in Chinese.

Belongs here: collecting it from contracts, expectations, dbt's manifest and catalogues, and writing it as a page, a
workbook and dbt's own documentation. Does not belong here: the descriptions (contracts, dbt's YAML), any data.
"""

ADDRESS = "/dictionary/"
"""Where the web interface has it."""


def address(chapter: str, entry: str) -> str:
    """Return the address of an entry within the web interface."""
    return f"{ADDRESS}#{chapter}/{entry}"
