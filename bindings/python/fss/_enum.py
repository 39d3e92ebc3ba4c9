"""Enumerations that a newer hub may have more members of."""
from enum import IntEnum
from typing import Type, TypeVar, Union

T = TypeVar("T", bound="Open")


class Open(IntEnum):
    """Of a value this package does not know a member is made on the spot.

    The library says that such a value is to be passed over; so it must not
    fail while a list is read.

    >>> fss.Kind(2)
    <Kind.FILE: 2>
    >>> fss.Kind(77).name
    'UNKNOWN_77'
    """

    @classmethod
    def _missing_(cls: Type[T], value: object) -> T:
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is no {cls.__name__}")
        # Not kept: what a hub sends must not make a table grow.
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member

    @classmethod
    def of(cls: Type[T], value: Union[T, int, str]) -> T:
        """The member with this value or name, as people write it.

        >>> fss.Access.of("open")
        <Access.OPEN: 3>
        """
        if isinstance(value, str):
            try:
                return cls[value.upper()]
            except KeyError:
                names = ", ".join(m.name.lower() for m in cls)
                raise ValueError(
                    f"{value!r} is none of {names}") from None
        return cls(value)
