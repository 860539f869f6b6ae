"""What the gate sees of a delivery: figures and masks, never an identity.

Belongs here: the shape of a profile and its computation. Does not belong here: thresholds (``expectations``).
"""
