"""Planted households: for every rule some that must fire and some that narrowly miss."""
