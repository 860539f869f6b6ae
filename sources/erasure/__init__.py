"""Erase a person from the data home (PIPL, article 47).

Belongs here: the person's texts, rewriting originals and rows without the person, searching files for the person.
Does not belong here: dropping the person from later deliveries (``sources.privacy.erased``), the command.

A row with the person's id in any cell goes as a whole. The person's name is masked in rows without anybody's id: in a
row with another id, the same name is another person's.
"""
