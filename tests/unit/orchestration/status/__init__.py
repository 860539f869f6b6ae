"""Tests of ``orchestration.status``."""
