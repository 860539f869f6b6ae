"""Profile deliveries for the gate: figures, states and error codes, never an identity.

Belongs here: the shape of a profile and its computation.
Does not belong here: thresholds (``expectations``).
"""
