"""Test the documents of a published month."""
