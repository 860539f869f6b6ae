"""Tell people what went wrong, once each, by the channels of the settings.

Belongs here: finding problems, remembering what was sent, wording, splitting, sending.
Does not belong here: deciding what is wrong (checks, ``punctuality``, ``reruns``, ``doctor``).

Texts are those that Dagster shows, or come from contracts and records without identities.
"""
