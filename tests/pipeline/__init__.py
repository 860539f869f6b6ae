"""Whole months end to end, and the production code beside the oracle."""
