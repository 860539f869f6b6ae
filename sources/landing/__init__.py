"""Stage 1, landing: keep what departments deliver, as it is, and tell which dataset each file belongs to.

Belongs here: locations, delivery folders, the archive and its log, zips, recognition.
Does not belong here: sheets and cells (``sources.reading``).
"""
