"""How often property tests try: a few examples in every run, other ones each time; TESTS_THOROUGH=20 as many times."""

import os

TIMES = int(os.environ.get("TESTS_THOROUGH", "1"))


def examples(count: int) -> int:
    return count * TIMES
