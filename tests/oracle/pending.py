"""What the definition asks for and the product does not publish yet: the one place that excuses an absence.

Delete an entry with the commit that publishes it, and this module with the last one: what is not named here is
compared, and counts as missing where it is not published.
Belongs here: names of marts and columns. Does not belong here: cells that differ.
"""

from __future__ import annotations

MARTS = frozenset()
COLUMNS: dict[str, frozenset[str]] = {
    "project_assets": frozenset(
        {"project_no", "fund_document_no", "has_beneficiary", "published_on", "annual_dividend"}
    ),
    "fund_ledger": frozenset({"industry_allocated", "purpose_known_allocated"}),
}
CATALOGUES = frozenset()
"""Catalogues that lack rows of the definition."""
