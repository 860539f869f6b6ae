"""How an office writes a tidy frame: heads, units, habits and mistakes.

Belongs here: everything between a tidy frame and a file. Does not belong here: what is true.
"""
