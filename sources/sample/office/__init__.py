"""How an office writes a tidy frame: heads, units, habits and mistakes."""
