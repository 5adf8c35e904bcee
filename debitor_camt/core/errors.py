"""What can be wrong with a bank file.

CamtError
├── UnreadableFile     no XML, cut off, wrong encoding, no camt message at all
├── HostileFile        entities, bombs, too large or too deep: read no further
└── InvalidEntry       an entry whose amount, sign or currency can't be known
"""


class CamtError(Exception):
    """A bank file can't be read; nothing of it was taken.

    :param code: what is wrong, a key for sentences in the reader's language
    :param values: what the sentence names, e.g. ``line`` or ``entry``
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        details = ", ".join(f"{name} {value}" for name, value in self.values.items())
        words = self.code.replace("_", " ")
        return f"{words} ({details})" if details else words


class UnreadableFile(CamtError):
    """Not XML, cut off in the middle, or without a message that we know."""


class HostileFile(CamtError):
    """More than any bank sends: entities, bombs, sizes over the limits."""


class InvalidEntry(CamtError):
    """An entry whose amount, sign or currency can't be known."""
