"""A command that is a filter: a JSON object a line on standard input, one JSON object a line as answer."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

LONGEST_LINE = 4 * 1024 * 1024


class JsonLinesCommand(BaseCommand):
    """Answers every line in order; a line that cannot be answered gets {"error": …} and stops nothing."""

    requires_system_checks = []

    def answer(self, case: dict[str, Any]) -> dict[str, Any]:
        """Raises ValueError, in words, for a case that has no answer."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        for line in sys.stdin.buffer:
            self.stdout.write(json.dumps(self._answer_line(line)))

    def _answer_line(self, line: bytes) -> dict[str, Any]:
        if len(line) > LONGEST_LINE:
            return {"error": f"The line is longer than {LONGEST_LINE} bytes."}
        try:
            case = json.loads(line.decode("utf-8", "replace"))
        except (ValueError, RecursionError) as broken:
            return {"error": f"Not a line of JSON: {broken}"}
        if not isinstance(case, dict):
            return {"error": "The line is not a JSON object."}
        try:
            return self.answer(case)
        except ValueError as refused:
            return {**({"id": case["id"]} if "id" in case else {}), "error": str(refused)}
