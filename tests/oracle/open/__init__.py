"""What every BI reader may open, computed from the exact marts of the oracle."""
