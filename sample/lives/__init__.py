"""What happens to the people of a sample, month by month, as tables over the whole sample.

Belongs here: drawn lives. Does not belong here: planted ones (``cases``), what departments know of them
(``departments``).
"""
