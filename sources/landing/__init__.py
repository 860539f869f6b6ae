"""Stage 1, landing: keep the departments' files unchanged, and recognise the dataset of each.

Belongs here: locations, delivery folders, the archive and its log, zips, recognition.
Does not belong here: sheets and cells (``sources.reading``).
"""
