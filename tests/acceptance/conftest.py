"""These tests run long, and reach nothing that other tests do not."""

from __future__ import annotations

from tests.tracing import untraced

__all__ = ["untraced"]
