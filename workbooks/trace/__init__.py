"""Trace a published figure back to the delivered rows that it was computed from."""
