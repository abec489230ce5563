"""The people of the demo store: who they are, where they live, when they came."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.demo.chance import Chance
from helpdesk.demo.names import FIRST, LAST, MAIL_HOSTS, PLACES, STREETS
from helpdesk.demo.world import Person, Setting
from helpdesk.demo.writer import Writer
from subscribers.enums import Channel, ConsentCategory
from subscribers.models import Consent, Subscriber

DAYS = 548  # eighteen months of history
GROWTH_A_MONTH = 1.055
# Tea is a winter's gift: sign-ups by calendar month, beside an average one.
SEASON = (1.25, 1.0, 0.95, 0.9, 0.85, 0.75, 0.7, 0.75, 0.95, 1.1, 1.35, 1.5)
NEVER_SUBSCRIBED = 0.02  # only wrote
VOICES = {"plain": 0.45, "warm": 0.2, "casual": 0.2, "terse": 0.15}


def joining_times(chance: Chance, now: datetime, count: int) -> list[datetime]:
    """When each of them came, the earliest first: more every month, more before winter."""
    days = [now - timedelta(days=back) for back in range(DAYS, 0, -1)]
    weights = [GROWTH_A_MONTH ** (at / 30.4) * SEASON[day.month - 1] for at, day in enumerate(days)]
    return sorted(chance.choices(days, weights, k=count))


def make_people(setting: Setting, writer: Writer, count: int) -> list[Person]:
    chance = Chance(setting.seed, "people")
    table = writer.table(Subscriber)
    table.reserve(count)
    taken: set[str] = set()
    people = []
    for day in joining_times(chance, setting.now, count):
        country, _, region, zone, language = chance.choices(PLACES, [place[1] for place in PLACES])[0]
        # Names do not stop at borders: some of everybody's everywhere.
        tongue = language if chance.happens(0.85) else "en"
        first, last = chance.one(FIRST[tongue]), chance.one(LAST[tongue if chance.happens(0.85) else "en"])
        person = Person(
            pk=table.next_id(),
            first=first,
            last=last,
            email=_address(chance, first, last, taken),
            country=country,
            region=region,
            language=language,
            zone=ZoneInfo(zone),
            voice=chance.weighed(VOICES),
            created_at=chance.moment_of_day(day, ZoneInfo(zone)),
            street=chance.one(STREETS).format(chance.randrange(1, 180), chance.randrange(1, 30)),
        )
        person.created_at = min(person.created_at, setting.now - timedelta(minutes=chance.randrange(5, 600)))
        people.append(person)
    return people


def _address(chance: Chance, first: str, last: str, taken: set[str]) -> str:
    first, last = first.lower(), last.lower()
    patterns = (f"{first}.{last}", f"{first}{last}", f"{first[0]}.{last}", f"{last}.{first}", f"{first}_{last}")
    local = chance.one(patterns)
    while (address := f"{local}@{chance.one(MAIL_HOSTS)}") in taken:
        local = f"{chance.one(patterns)}{chance.randrange(1, 99999)}"
    taken.add(address)
    return address


def write_people(setting: Setting, writer: Writer, people: list[Person]) -> None:
    chance = Chance(setting.seed, "consents")
    for person in people:
        writer.add(
            Subscriber,
            id=person.pk,
            store_id=setting.store.pk,
            email=person.email,
            name=person.name,
            phone=f"+1 555 01{chance.randrange(10000):04d}" if chance.happens(0.3) else "",
            country=person.country,
            region=person.region,
            language=person.language,
            time_zone=person.zone.key,
            created_at=person.created_at,
        )
        if not person.orders:
            continue
        for category, share in ((ConsentCategory.SUCCESS, 0.93), (ConsentCategory.MARKETING, 0.58)):
            writer.add(
                Consent,
                subscriber_id=person.pk,
                channel=Channel.MAIL,
                category=category,
                granted=chance.happens(share),
                source="checkout",
                changed_at=person.created_at,
            )
