"""A property that is worked out once, without the lock of ``functools.cached_property``.

Python 3.11 takes a lock for each first access (bpo-43468, gone in 3.12), which is more than
most of what is worked out here costs.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 it reads as a decorator
    """Keep what a method returns in the object's ``__dict__``, which comes first later on."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, one: object, owner: type | None = None) -> T:
        value = one.__dict__[self.name] = self.compute(one)
        return value
