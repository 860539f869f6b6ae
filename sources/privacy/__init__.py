"""Keep identities inside the restricted zone.

Belongs here: pseudonyms, the index of people to mask, masking of texts that marts show.
Does not belong here: marking columns as identities (the contract), file modes (``sources.home``).
"""
