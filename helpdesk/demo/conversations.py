"""What people write: a story's words in the voice of one subscriber, and an agent's signed answer."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from helpdesk.demo.catalogue import ITEMS_IN_GERMAN, ITEMS_IN_SPANISH, STORE
from helpdesk.demo.chance import Chance
from helpdesk.demo.texts import english_account, english_delivery, english_money, english_questions, german, spanish
from helpdesk.demo.texts.story import Story, worded
from helpdesk.demo.world import Order, Parcel, Person

_ALL = (
    *english_delivery.STORIES,
    *english_money.STORIES,
    *english_account.STORIES,
    *english_questions.STORIES,
    *german.STORIES,
    *spanish.STORIES,
)
STORIES: dict[str, dict[str, list[Story]]] = {}
for _story in _ALL:
    STORIES.setdefault(_story.language, {}).setdefault(_story.topic, []).append(_story)

GREETINGS = {
    "plain": ("Hi,\n\n", "Hello,\n\n", "Hi there,\n\n", ""),
    "warm": ("Hello lovely tea people,\n\n", "Dear Larkspur team,\n\n", "Hi team,\n\n"),
    "casual": ("hey,\n\n", "", "hi\n\n"),
    "terse": ("",),
    "de": ("Hallo,\n\n", "Guten Tag,\n\n", "Liebes Larkspur-Team,\n\n"),
    "es": ("Hola,\n\n", "Buenas tardes:\n\n", "Hola equipo,\n\n"),
}
FAREWELLS = {
    "plain": ("\n\nThanks,\n{first}", "\n\nBest,\n{first} {last}", "\n\nThank you\n{first}", "\n\n{first}"),
    "warm": (
        "\n\nWarmly,\n{first}",
        "\n\nMany thanks and best wishes,\n{first} {last}",
        "\n\nThank you so much,\n{first}",
    ),
    "casual": ("\n\n{first}", "", "\n\nthx, {first}", "\n\ncheers"),
    "terse": ("\n\n{last}", "", "\n\n{first} {last}"),
    "de": (
        "\n\nViele Grüße\n{first} {last}",
        "\n\nDanke und Grüße\n{first}",
        "\n\nMit freundlichen Grüßen\n{first} {last}",
    ),
    "es": ("\n\nSaludos,\n{first}", "\n\nMuchas gracias,\n{first} {last}", "\n\n{first}"),
}
SIGNED = {
    "en": ("Best,\n{agent}\n{store}", "Warm wishes,\n{agent}\n{store}", "Kind regards,\n{agent}\n{store}"),
    "de": ("Herzliche Grüße\n{agent}\n{store}",),
    "es": ("Un saludo,\n{agent}\n{store}",),
}
ROADS = ("Birch Lane", "Quay Street", "Alder Road", "Hill View")
# How quick fingers spell: never words that a topic rests on.
SLIPS = {
    "received": "recieved",
    "definitely": "definately",
    "because": "becuase",
    "tomorrow": "tommorow",
    "available": "avaliable",
    "their": "thier",
    "really": "realy",
    "the": "teh",
}
WROTE = {
    "en": "On {date:%a, %b} {date.day}, {date.year} at {date:%H:%M}, {name} <{address}> wrote:",
    "de": "Am {date:%d.%m.%Y} um {date:%H:%M} schrieb {name} <{address}>:",
    "es": "El {date:%d/%m/%Y} a las {date:%H:%M}, {name} <{address}> escribió:",
}


def story_of(chance: Chance, person: Person, topic: str) -> Story:
    """One of the topic's stories in the person's language, in English where there is none."""
    return chance.one(STORIES.get(person.language, {}).get(topic) or STORIES["en"][topic])


class Conversation:
    """The words of one ticket."""

    def __init__(
        self, chance: Chance, person: Person, story: Story, order: Order | None, parcel: Parcel | None, at: datetime
    ) -> None:
        self.chance, self.person, self.story = chance, person, story
        self.language = story.language
        self.mood = person.voice if self.language == "en" else self.language
        self.words = self._words(order, parcel, at)
        self._used: set[str] = set()

    def _words(self, order: Order | None, parcel: Parcel | None, at: datetime) -> dict[str, str]:
        chance = self.chance
        tea = chance.one(order.line.teas if order else ("Earl Grey",))
        item = parcel.item if parcel else "Earl Grey pouch"
        item = {"de": ITEMS_IN_GERMAN, "es": ITEMS_IN_SPANISH}.get(self.language, {}).get(item, item)
        return {
            "first": self.person.first,
            "last": self.person.last,
            "box": order.line.name if order else "Explorer",
            "item": item,
            "Item": item[0].upper() + item[1:],
            "tea": tea,
            "Tea": tea[0].upper() + tea[1:],
            "order": parcel.order_number if parcel else f"LKS-{chance.randrange(10**6, 10**7)}",
            "tracking": parcel.tracking_number if parcel else "",
            "expected": self._date(parcel.expected_at if parcel else at),
            "day": self._day(at + timedelta(days=chance.randrange(2, 6))),
            "price": f"${order.line.price}" if order else "$34.00",
            "since": f"{order.started_at:%B %Y}" if order else "last year",
            "batch": str(chance.randrange(2000, 9999)),
            "street": f"{chance.randrange(2, 190)} {chance.one(ROADS)}",
            "lead": "Priya",
            "agent": "Nora",
        }

    def _date(self, at: datetime) -> str:
        local = at.astimezone(self.person.zone)
        forms = {"de": f"{local:%d.%m.}", "es": f"{local:%d/%m}"}
        return forms.get(self.language, f"{local:%B} {local.day}")

    def _day(self, at: datetime) -> str:
        return self._date(at) if self.language != "en" else f"{at.astimezone(self.person.zone):%A}"

    def _one(self, texts: Sequence[str]) -> str:
        fresh = [text for text in texts if text not in self._used] or list(texts)
        text = self.chance.one(fresh)
        self._used.add(text)
        return worded(text, self.chance, self.words)

    def subject(self) -> str:
        subject = self._one(self.story.subjects)
        return subject[0].upper() + subject[1:] if self.mood not in ("casual",) else subject

    def opening(self) -> str:
        return self._spoken(self._one(self.story.openings), greeted=True)

    def nudge(self) -> str:
        if self.story.nudges:
            return self._spoken(self._one(self.story.nudges))
        further = {
            "de": "gibt es schon etwas Neues dazu?",
            "es": "¿hay alguna novedad?",
        }
        return self._spoken(further.get(self.language, "[Any update on this?|Just checking that this reached you.]"))

    def answer(self) -> str:
        if self.story.answers:
            return self._spoken(self._one(self.story.answers))
        return self._spoken("Thank you!")

    def thanks(self) -> str:
        words = {
            "de": "[Vielen Dank!|Super, danke schön!]",
            "es": "[¡Muchas gracias!|¡Gracias por todo!]",
        }
        return self._spoken(
            words.get(
                self.language, "[Thank you!|Perfect, thanks so much.|Great, thanks for your help!|Thanks {agent}!]"
            )
        )

    def reply(self, agent: str, *, asking: bool) -> str:
        """The first answer; one that asks something back where the talk goes on."""
        self.words["agent"] = agent.split()[0]
        fitting = [text for text in self.story.replies if ("?" in text) == asking]
        return self._signed(self._one(fitting or self.story.replies), agent)

    def further_reply(self, agent: str) -> str:
        self.words["agent"] = agent.split()[0]
        return self._signed(self._one(self.story.seconds or self.story.replies), agent)

    def note(self) -> str:
        notes = self.story.notes or ("Looked at the account, all in order. Answering.",)
        return self._one(notes)

    def quoted(self, text: str, earlier: str, date: datetime, name: str, address: str) -> str:
        """The answer as a mail program sends it, what it answers below."""
        head = WROTE[self.language].format(date=date.astimezone(self.person.zone), name=name, address=address)
        lines = "\n".join(f"> {line}".rstrip() for line in earlier.splitlines())
        return f"{text}\n\n{head}\n{lines}"

    def _signed(self, text: str, agent: str) -> str:
        ending = self.chance.one(SIGNED[self.language]).format(agent=agent.split()[0], store=STORE["name"])
        return f"{text}\n\n{ending}"

    def _spoken(self, text: str, *, greeted: bool = False) -> str:
        """In the person's voice: greeting, farewell, capitals and slips."""
        chance = self.chance
        text = worded(text, chance, self.words) if "[" in text or "{" in text else text
        greeting = chance.one(GREETINGS[self.mood]) if greeted and not _greets(text) else ""
        if self.mood == "casual" and self.language == "en":
            text = text.replace("I'm", "im").replace("I've", "ive").replace("'", "")
            text = re.sub(r"\bI\b", "i", text)
            text = text[0].lower() + text[1:]
        elif not greeting or self.language == "es" or self.mood != "de":
            text = text[0].upper() + text[1:] if text[0].isalpha() else text
        if self.language == "en" and chance.happens(0.12):
            text = _slipped(text, chance)
        farewell = chance.one(FAREWELLS[self.mood]) if greeted or chance.happens(0.4) else ""
        return f"{greeting}{text}{farewell.format(first=self.person.first, last=self.person.last)}".strip()


def _greets(text: str) -> bool:
    return bool(re.match(r"(hi|hello|hey|good (morning|afternoon))\b", text, re.I))


def _slipped(text: str, chance: Chance) -> str:
    found = [word for word in SLIPS if re.search(rf"\b{word}\b", text)]
    if not found:
        return text
    word = chance.one(found)
    return re.sub(rf"\b{word}\b", SLIPS[word], text, count=1)
