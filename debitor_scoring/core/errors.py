"""What can be wrong with what the score is made from.

ScoringError
├── InvalidModel     limits, points or buckets that contradict each other
└── UnknownRating    an external index or class that its scale doesn't know
"""


class ScoringError(Exception):
    """No score, class or band can be given.

    :param code: what is wrong, a key for sentences in the reader's language
    :param values: what the sentence names, e.g. ``field`` or ``scale``
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        details = ", ".join(f"{name} {value}" for name, value in self.values.items())
        words = self.code.replace("_", " ")
        return f"{words} ({details})" if details else words


class InvalidModel(ScoringError):
    """A scoring model whose limits, points or buckets contradict each other."""


class UnknownRating(ScoringError):
    """An external index or class that its scale doesn't know."""
