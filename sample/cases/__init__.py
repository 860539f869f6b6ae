"""Plant households: for each rule some that must be flagged and some that narrowly miss it.

Belongs here: cases as data, and their conversion to rows of the lives' tables. Does not belong here: drawn lives.
"""
