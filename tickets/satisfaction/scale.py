"""The five answers, from the best: a word, a face for mails, and a face for pages, told apart by its mouth."""

from dataclasses import dataclass

from django.utils.translation import gettext

from tickets.enums import Score

FACES = {Score.VERY_GOOD: "😄", Score.GOOD: "🙂", Score.OKAY: "😐", Score.BAD: "🙁", Score.VERY_BAD: "😠"}
ICONS = {
    Score.VERY_GOOD: "laugh",
    Score.GOOD: "smile",
    Score.OKAY: "meh",
    Score.BAD: "frown",
    Score.VERY_BAD: "angry",
}


@dataclass(frozen=True)
class Choice:
    score: int
    word: str
    face: str
    icon: str


def word_of(score: int) -> str:
    """In the current language."""
    return {
        Score.VERY_GOOD: gettext("Very good"),
        Score.GOOD: gettext("Good"),
        Score.OKAY: gettext("Okay"),
        Score.BAD: gettext("Bad"),
        Score.VERY_BAD: gettext("Very bad"),
    }[Score(score)]


def choices() -> list[Choice]:
    return [Choice(int(score), word_of(score), face, ICONS[score]) for score, face in FACES.items()]
