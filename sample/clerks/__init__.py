"""Write a tidy frame as clerks would: headers, units, habits and mistakes.

Belongs here: every step between a tidy frame and a file. Does not belong here: the true values (``departments``).
"""
