"""Why people cancel: two levels of the one taxonomy, in the reader's language and an order of chance."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models, transaction

from subscribers.models import Reason, Store
from subscribers.models.cancellation import CancellationSession
from subscribers.models.cancellation_rules import ReasonLabel

OTHER = "other"


@dataclass(frozen=True)
class Choice:
    """One reason on the page, with the more precise ones below it."""

    key: str
    label: str
    below: tuple["Choice", ...] = ()


def may_give(reason: Reason, store: Store) -> bool:
    """Whether it is one of the store's reasons for cancelling, or stands above one."""
    if reason.store_id not in (None, store.pk) or not reason.is_active:
        return False
    return reason.for_cancellations or _reasons_of(store).filter(parent=reason).exists()


def reason_of_key(store: Store, key: str) -> Reason | None:
    """The store's own before the shared one with the same key."""
    found = Reason.objects.of_store(store).filter(key=key).order_by("store")
    reason = found.first()
    return reason if reason is not None and may_give(reason, store) else None


def choices(store: Store, language: str, seed: str) -> list[Choice]:
    """Both levels, each shuffled by the seed (always alike for one session); “other” last."""
    reasons = list(_reasons_of(store).select_related("parent"))
    known = {**{r.pk: r for r in reasons}, **{r.parent.pk: r.parent for r in reasons if r.parent}}
    labels = labels_of(list(known.values()), language)
    chance = random.Random(seed)  # noqa: S311  an order, not a secret
    tops = {(reason.parent or reason).pk: reason.parent or reason for reason in reasons}
    found = []
    for top in _shuffled(list(tops.values()), chance):
        below = _shuffled([reason for reason in reasons if reason.parent_id == top.pk], chance)
        found.append(Choice(top.key, labels[top.pk], tuple(Choice(one.key, labels[one.pk]) for one in below)))
    return found


def _shuffled(reasons: list[Reason], chance: random.Random) -> list[Reason]:
    reasons.sort(key=lambda reason: (reason.position, reason.pk))
    chance.shuffle(reasons)
    reasons.sort(key=lambda reason: reason.key == OTHER)
    return reasons


def labels_of(reasons: Sequence[Reason], language: str) -> dict[int, str]:
    """By reason: its label in this language, else as colleagues read it."""
    translated = dict(
        ReasonLabel.objects.filter(reason__in=reasons, language=language).values_list("reason_id", "label")
    )
    return {reason.pk: translated.get(reason.pk, reason.label) for reason in reasons}


def label_of(reason: Reason, language: str) -> str:
    return labels_of([reason], language)[reason.pk]


def _reasons_of(store: Store) -> "models.QuerySet[Reason]":
    """The active reasons for cancelling; a store's own stands before the shared one with its key."""
    reasons = Reason.objects.of_store(store).filter(for_cancellations=True)
    own = Reason.objects.filter(store=store).values("key")
    return reasons.exclude(store=None, key__in=own)


def usage(reason: Reason) -> dict[str, int]:
    """How often it was said so far, by use: what a new meaning would falsify."""
    counts = {
        "cancellations": CancellationSession.objects.filter(reason=reason).count(),
    }
    for relation in reason._meta.related_objects:
        name = relation.related_model._meta.verbose_name_plural
        if relation.related_model in (Reason, ReasonLabel, CancellationSession) or relation.field.many_to_many:
            continue
        if count := relation.related_model._base_manager.filter(**{relation.field.name: reason}).count():
            counts[str(name)] = counts.get(str(name), 0) + count
    return {name: count for name, count in counts.items() if count}


# What the starter reasons are called; {language: {key: label}}.
STARTER_LABELS = {
    "de": {
        "delivery": "Lieferung",
        "damaged": "Beschädigt angekommen",
        "late": "Kommt zu spät",
        "arrives_too_early": "Kommt zu früh",
        "product": "Produkt",
        "quality": "Qualität",
        "did_not_like": "Hat mir nicht gefallen",
        "different_product": "Ich möchte ein anderes Produkt",
        "too_much_product": "Ich habe zu viel davon",
        "money": "Geld",
        "billing": "Unerwartete Abbuchung",
        "too_expensive": "Zu teuer",
        "subscription": "Abo",
        "customer_service": "Kundenservice",
        "alternative": "Ich habe etwas anderes gefunden",
        "no_longer_need": "Ich brauche es nicht mehr",
        "moving": "Ich ziehe um",
        "other": "Etwas anderes",
    },
    "es": {
        "delivery": "Entrega",
        "damaged": "Llegó dañado",
        "late": "Llega tarde",
        "arrives_too_early": "Llega demasiado pronto",
        "product": "Producto",
        "quality": "Calidad",
        "did_not_like": "No me gustó",
        "different_product": "Quiero otro producto",
        "too_much_product": "Tengo demasiado",
        "money": "Dinero",
        "billing": "Un cobro inesperado",
        "too_expensive": "Demasiado caro",
        "subscription": "Suscripción",
        "customer_service": "Atención al cliente",
        "alternative": "Encontré otra cosa",
        "no_longer_need": "Ya no lo necesito",
        "moving": "Me mudo",
        "other": "Otro motivo",
    },
}


@transaction.atomic
def install_labels() -> None:
    """Add the translations that are missing; those that are there stay as somebody edited them."""
    reasons = dict(Reason.objects.filter(store=None).values_list("key", "pk"))
    ReasonLabel.objects.bulk_create(
        [
            ReasonLabel(reason_id=reasons[key], language=language, label=label)
            for language, labels in STARTER_LABELS.items()
            for key, label in labels.items()
            if key in reasons
        ],
        ignore_conflicts=True,
    )
