"""Lengths of time as people write them in the admin: `4 h`, `30 min`, `1 h 30 min`."""

import re

_LENGTH = re.compile(r"(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+)\s*min)?", re.ASCII)
LONGEST = 366 * 24 * 3600


def read_length(text: str) -> int:
    """Seconds of `4 h`, `30 min`, `1 h 30 min`. Raises ValueError in words."""
    match = _LENGTH.fullmatch(text.strip().lower())
    if match is None or not any(match.groups()):
        raise ValueError(f"“{text}” is no length of time such as 4 h, 30 min or 1 h 30 min.")
    seconds = round(float(match[1] or 0) * 3600) + int(match[2] or 0) * 60
    if not 0 < seconds <= LONGEST:
        raise ValueError("A promise is longer than nothing and shorter than a year.")
    return seconds


def length_words(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    if rest % 60:
        return f"{seconds / 3600:g} h"
    return " ".join(
        map(str, (part for part in (f"{hours} h" if hours else "", f"{rest // 60} min" if rest else "") if part))
    )
