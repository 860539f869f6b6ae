"""Planted households: for every rule some that must fire and some that narrowly miss.

Belongs here: cases as data, and how they become rows of the lives' tables. Does not belong here: drawn lives.
"""
