"""The definition's worked examples, computed by the oracle: every expected figure is copied from the definition."""
