"""Errors that the dunning core raises.

::

    DunningError
    ├── ProcedureError      the rules contradict each other
    ├── PlaceholderError    a text names a placeholder that does not exist
    ├── PaymentCodeError    the data do not fit into an EPC payment code
    ├── RateError           a series of rates contradicts itself
    ├── RateFileError       a file of base rates can't be read
    └── InterestError       the history of a claim contradicts itself
"""


class DunningError(Exception):
    """Base of all errors of this core; ``code`` and ``values`` let a caller translate."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code}: {values}")
        self.code = code
        self.values = values


class ProcedureError(DunningError):
    """The levels of a procedure contradict each other."""


class PlaceholderError(DunningError):
    """A text holds a broken or unknown placeholder."""


class PaymentCodeError(DunningError):
    """A payment code can't be made of these data."""


class RateError(DunningError):
    """A series names two rates for one day."""


class InterestError(DunningError):
    """What was open of a claim is out of order or negative."""


class RateFileError(DunningError):
    """A file holds no base rates, or contradicts itself."""
