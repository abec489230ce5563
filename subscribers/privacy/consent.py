"""Whether a person may be written to, per channel and category: the newest word, and every word before it."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from subscribers.enums import Actor, Channel, ConsentCategory
from subscribers.live import announce
from subscribers.models import Consent, ConsentEvent, Subscriber

WORDS = {
    ConsentCategory.SUCCESS: gettext_noop("Help with my subscription: tips, reminders, and how to get the most of it"),
    ConsentCategory.MARKETING: gettext_noop("News and offers"),
}


@transaction.atomic
def set_consent(
    subscriber: Subscriber,
    category: ConsentCategory | str,
    granted: bool,
    *,
    source: str,
    words: str = "",
    channel: Channel | str = Channel.MAIL,
    actor: AbstractBaseUser | None = None,
    actor_kind: Actor | None = None,
    asked_from: str | None = None,
) -> bool:
    """Write down what was said, and by whom, where, and to which words. Whether it changed anything.

    Every word is kept in the history; one that repeats the standing one from the same source is not.
    """
    Subscriber.objects.select_for_update(no_key=True).get(pk=subscriber.pk)
    now, source = timezone.now(), source[:200]
    there = Consent.objects.filter(subscriber=subscriber, channel=channel, category=category).first()
    if there is not None and there.granted == granted and there.source == source:
        return False
    ConsentEvent.objects.create(
        subscriber=subscriber,
        channel=channel,
        category=category,
        granted=granted,
        source=source,
        words=words,
        actor_kind=actor_kind or (Actor.AGENT if actor else Actor.SUBSCRIBER),
        actor_id=actor.pk if actor else None,
        asked_from=asked_from,
        occurred_at=now,
    )
    Consent.objects.update_or_create(
        subscriber=subscriber,
        channel=channel,
        category=category,
        defaults={"granted": granted, "source": source, "changed_at": now},
    )
    announce("subscriber", subscriber.pk)
    return there is None or there.granted != granted


def may_write(subscriber: Subscriber, category: ConsentCategory | str, channel: Channel | str = Channel.MAIL) -> bool:
    """Whether they have not said no. What needs no consent, such as a receipt, is not asked here."""
    said_no = Consent.objects.filter(subscriber=subscriber, category=category, channel=channel, granted=False)
    return not said_no.exists()


def unsubscribe(
    subscriber: Subscriber, category: ConsentCategory | str, *, source: str, asked_from: str | None = None
) -> bool:
    """No more mail of this category; whether that was news."""
    words = gettext(WORDS[ConsentCategory(category)])
    return set_consent(subscriber, category, False, source=source, words=words, asked_from=asked_from)
