"""Foundations: sparse rows, checks, stored types, files, optional imports."""

__all__ = []
