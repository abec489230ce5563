"""`manage.py detect_topics`: which topics has this text, and why? A JSON text a line in, its topics a line out."""

from typing import Any

from tickets.management.json_lines import JsonLinesCommand
from tickets.topics.detect import detect
from tickets.topics.starter_rules import STARTER_RULES


class Command(JsonLinesCommand):
    help = (
        'Reads texts such as {"id": 1, "text": "The box arrived crushed."}, one a line, on standard input, and '
        "answers with their topics by the rules that ship with the product."
    )

    def answer(self, case: dict[str, Any]) -> dict[str, Any]:
        text = case.get("text")
        if not isinstance(text, str):
            raise ValueError("text: a string is needed.")
        topics = [
            {"topic": hit.topic, "confidence": hit.confidence, "because": list(hit.because)}
            for hit in detect(text, STARTER_RULES)
        ]
        return {"id": case.get("id"), "topics": topics}
