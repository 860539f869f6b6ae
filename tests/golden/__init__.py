"""Test June 2021 of a district: its files must give every figure of the district's written report.

Belongs here: the files, the report's figures. Does not belong here: single rules (``tests.oracle``).
"""
