"""What a load has to say for itself."""

from dataclasses import dataclass

GIB = 1024**3


@dataclass(frozen=True)
class Tally:
    """So many right answers in so many seconds; errors are not among them."""

    done: int
    seconds: float
    errors: int = 0
    cpu: float | None = None  # of the server, where a part of the load is not to be counted


class Wrong(Exception):
    """An answer, or a tool, that is not as it must be."""
