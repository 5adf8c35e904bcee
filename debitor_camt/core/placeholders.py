"""What banks write where there is nothing to say."""

_PLACEHOLDERS = frozenset(
    (
        "KEINEINFORMATIONVORHANDEN",
        "KEINEREFERENZ",
        "NA",
        "NONE",
        "NONREF",
        "NOREF",
        "NOTAVAILABLE",
        "NOTPROVIDED",
        "NOTSPECIFIED",
        "UNKNOWN",
    )
)


def is_placeholder(text: str) -> bool:
    """Tell «NOTPROVIDED» and the like from references and names.

    >>> [is_placeholder(text) for text in ("NOTPROVIDED", "Not provided", "-", "000", "RE-12")]
    [True, True, True, True, False]
    """
    bare = "".join(filter(str.isalnum, text)).upper()
    return not bare.strip("0") or bare in _PLACEHOLDERS
