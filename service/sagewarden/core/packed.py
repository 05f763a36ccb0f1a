"""Small mappings that are many: their keys stand once for all that have the same."""

from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
One = TypeVar("One")


class Packed(Mapping[Key, Value]):
    """A mapping of a few keys, which costs less than half of a dictionary."""

    __slots__ = ("_keys", "_values")

    def __init__(self, mapping: Mapping[Key, Value]) -> None:
        self._keys: tuple[Key, ...] = _same(tuple(mapping))
        self._values = tuple(map(self._held, mapping.values()))

    @staticmethod
    def _held(value: Any) -> Any:
        return value

    @staticmethod
    def _given(held: Any) -> Any:
        return held

    def __getitem__(self, key: Key) -> Value:
        """Return the value of a key."""
        for known, held in zip(self._keys, self._values, strict=True):
            if known == key:
                return cast("Value", self._given(held))
        raise KeyError(key)

    def __iter__(self) -> Iterator[Key]:
        """Yield the keys."""
        return iter(self._keys)

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._keys)

    def __repr__(self) -> str:
        """Look like what it is equal to."""
        return repr(dict(self))


class PackedOnes(Packed[Key, tuple[One, ...]]):
    """The same for tuples, of which nearly all hold one value: then it is held alone."""

    __slots__ = ()

    @staticmethod
    def _held(value: tuple[One, ...]) -> tuple[One, ...] | One:
        return value[0] if len(value) == 1 else value

    @staticmethod
    def _given(held: Any) -> Any:
        return held if type(held) is tuple else (held,)


def packed_ones(mapping: Mapping[Key, tuple[One, ...]]) -> Mapping[Key, tuple[One, ...]]:
    """Return an equal mapping to tuples of what is no tuple itself."""
    return PackedOnes(mapping) if mapping else mapping


def packed(mapping: Mapping[Key, Value]) -> Mapping[Key, Value]:
    """Return an equal mapping that costs less."""
    return Packed(mapping) if mapping else mapping


@lru_cache(1 << 10)
def _same(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    return keys
