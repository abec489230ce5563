"""Makes a store that can work at once."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from helpdesk.demo.store import install_detection
from subscribers.addresses import is_address
from subscribers.cancellation.starter import install_cancellation
from subscribers.models import Store
from subscribers.services.limits import install_limits
from subscribers.starter_reasons import install_reasons
from success.flows.starter import install_flows
from success.health.settings import install_health
from success.milestones.starter import install_milestones
from success.starter import install_alert_rules
from tickets.macros.starter import install_macros
from tickets.mail.starter_answers import install_answers
from tickets.models import Mailbox, Queue
from tickets.rules.starter import install_rules
from tickets.satisfaction.scheduling import install_satisfaction
from tickets.sla.starter import install_sla


class Command(BaseCommand):
    help = (
        "Make a store with a queue, a mailbox, and the reasons, detection rules, promises, alert rules and recovery "
        "flows that ship; all of it is edited in the admin afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="short name for addresses and the API; stays")
        parser.add_argument("--name", required=True, help="as subscribers know it, and the sender of its mails")
        parser.add_argument("--mailbox", required=True, metavar="ADDRESS", help="where subscribers write to")
        parser.add_argument("--domain", default="", help="where they shop")
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/Berlin (%(default)s)")
        parser.add_argument("--country", default="", help="ISO 3166, two letters")
        parser.add_argument("--language", default="en", help="(%(default)s)")
        parser.add_argument("--currency", default="USD", help="ISO 4217 (%(default)s)")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ZoneInfo(options["time_zone"])
        except (KeyError, ValueError, OSError) as unknown:
            raise CommandError(f"There is no time zone {options['time_zone']!r}; one is Europe/Berlin.") from unknown
        if Mailbox.objects.filter(is_address("address", options["mailbox"])).exists():
            raise CommandError(f"{options['mailbox']} is a mailbox already.")
        store = Store(
            key=options["key"],
            name=options["name"],
            domain=options["domain"],
            time_zone=options["time_zone"],
            country=options["country"].upper(),
            language=options["language"],
            currency=options["currency"].upper(),
        )
        self.save(store)
        queue = Queue(store=store, key="support", name="Support", is_default=True, position=10)
        self.save(queue)
        self.save(Mailbox(store=store, address=options["mailbox"], name=store.name, queue=queue))
        install_answers(queue)
        install_satisfaction(queue)
        install_limits(store)
        install_reasons()
        install_cancellation(store)
        install_detection()
        install_sla(store)
        install_macros(store)
        install_rules(store)
        install_alert_rules()
        install_milestones()
        install_health()
        install_flows(store)
        self.stdout.write(f"{store.name} takes mail at {options['mailbox']}. Give people a role in it in the admin.")

    @staticmethod
    def save(row: Store | Queue | Mailbox) -> None:
        try:
            row.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        row.save()
