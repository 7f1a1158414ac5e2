"""The sections of the page: what each holds, from the written tables."""

from __future__ import annotations
