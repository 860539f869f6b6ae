"""All views for analysts, with the words of their codes."""

from __future__ import annotations

from orchestration.dictionary.codes import codes
from orchestration.publishing.bi.view import views
from sources.contracts.model import load_contracts

ALL = views(codes(load_contracts()))
