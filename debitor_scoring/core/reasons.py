"""Reasons that come with every result: a code and what its sentence names."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is so, for a sentence in the reader's language.

    :param code: key of the sentence
    :param values: plain values (text, numbers, ISO dates, None) that fit into JSON
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
