"""What the C library does with memory that a run needed: glibc keeps it, unless told."""

import ctypes
import gc
from contextlib import suppress

M_ARENA_MAX = -8
"""glibc's number for how many heaps malloc may have (malloc.h)."""


def share_heaps() -> None:
    """Let threads share two heaps: of three targets each left its own behind, 10 MB in all."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def give_back() -> None:
    """Return what is free to the machine; AWS clients are cycles, and the next are made soon."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
