"""The C extension: kernels of the checker and PQ-trees."""

__all__ = []
