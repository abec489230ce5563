"""The admin's side bar: what is configured together stands together."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext

from subscribers.lazy import lazily as _

GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        _("Service"),
        (
            (_("Queues"), "inbox", "tickets_queue"),
            (_("Macros"), "bolt", "tickets_macro"),
            (_("Tags"), "sell", "tickets_tag"),
            (_("Ticket fields"), "edit_note", "tickets_ticketfield"),
            (_("Saved views"), "bookmark", "tickets_savedview"),
            (_("Mailboxes"), "alternate_email", "tickets_mailbox"),
            (_("SLA policies"), "timer", "tickets_slapolicy"),
            (_("Satisfaction"), "sentiment_satisfied", "tickets_satisfactionsettings"),
            (_("Calendars"), "calendar_month", "tickets_businesscalendar"),
            (_("Detection rules"), "search_insights", "tickets_detectionrule"),
            (_("Learned topics"), "school", "tickets_learnedtopic"),
            (_("Ticket rules"), "rule", "tickets_ticketrule"),
        ),
    ),
    (
        _("Success"),
        (
            (_("Alert rules"), "notifications_active", "success_alertrule"),
            (_("Duties"), "event_available", "success_duty"),
            (_("Portfolios"), "folder_supervised", "success_portfolio"),
            (_("Held facts"), "do_not_disturb_on", "success_heldfact"),
            (_("Flows"), "account_tree", "success_flow"),
            (_("Milestones"), "flag", "success_milestone"),
            (_("Health: weights"), "balance", "success_healthweight"),
            (_("Health: scale"), "straighten", "success_healthscale"),
            (_("Flow versions"), "history", "success_flowversion"),
        ),
    ),
    (
        _("Store"),
        (
            (_("Stores"), "storefront", "subscribers_store"),
            (_("Products"), "package_2", "subscribers_product"),
            (_("Reasons"), "category", "subscribers_reason"),
            (_("Cancellation policies"), "gavel", "subscribers_cancellationpolicy"),
            (_("Cancellation settings"), "tune", "subscribers_cancellationsettings"),
            (_("Offers"), "redeem", "subscribers_offer"),
            (_("Subscribers"), "group", "subscribers_subscriber"),
            (_("Subscriptions"), "autorenew", "subscribers_subscription"),
            (_("Boxes"), "deployed_code", "subscribers_box"),
            (_("Payments"), "payments", "subscribers_charge"),
            (_("Cards"), "credit_card", "subscribers_paymentmethod"),
            (_("Cards that expire"), "credit_card_clock", "subscribers_cardexpiry"),
            (_("Imports"), "upload_file", "subscribers_import"),
        ),
    ),
    (
        _("Providers"),
        (
            (_("Connections"), "cable", "subscribers_connection"),
            (_("Webhooks"), "webhook", "subscribers_webhookdelivery"),
            (_("Actions"), "bolt", "subscribers_provideraction"),
            (_("Approval limits"), "approval", "subscribers_approvallimit"),
            (_("Reconciliations"), "compare_arrows", "subscribers_reconciliation"),
            (_("Differences"), "difference", "subscribers_difference"),
        ),
    ),
    (
        _("Privacy"),
        (
            (_("Requests"), "policy", "subscribers_privacyrequest"),
            (_("Copies"), "folder_zip", "subscribers_personexport"),
            (_("Erasures"), "person_off", "subscribers_erasure"),
        ),
    ),
    (
        _("Mail"),
        (
            (_("Mail in"), "move_to_inbox", "tickets_inboundmail"),
            (_("Mail out"), "outgoing_mail", "tickets_outboundmail"),
            (_("Held addresses"), "unsubscribe", "tickets_suppression"),
        ),
    ),
    (
        _("Histories"),
        (
            (_("Of tickets"), "confirmation_number", "tickets_ticketevent"),
            (_("Ratings"), "reviews", "tickets_satisfactionrequest"),
            (_("Of ticket rules"), "rule_settings", "tickets_rulefiring"),
            (_("Of clocks"), "schedule", "tickets_clockevent"),
            (_("Recalculations"), "update", "tickets_recalculation"),
            (_("Of alerts"), "crisis_alert", "success_alertevent"),
            (_("Causes"), "package_2", "success_cause"),
            (_("Of causes"), "manage_search", "success_causeevent"),
            (_("Looks for causes"), "search", "success_causelook"),
            (_("Of runs"), "route", "success_runevent"),
            (_("Of milestones"), "flag", "success_milestoneevent"),
            (_("Of health"), "monitor_heart", "success_healthevent"),
            (_("Of subscriptions"), "receipt_long", "subscribers_subscriptionevent"),
            (_("Cancellations"), "door_open", "subscribers_cancellationsession"),
            (_("Cancellation mails"), "outgoing_mail", "subscribers_cancellationnotice"),
            (_("Touches"), "forward_to_inbox", "success_touch"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    groups = GROUPS
    if getattr(request.user, "is_superuser", False):
        groups = (*GROUPS, (gettext("People"), ((gettext("Users"), "person", "helpdesk_user"),)))
    return [
        {
            "title": title,
            "separator": place > 0,
            "items": [
                {"title": name, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}
                for name, icon, model in items
            ],
        }
        for place, (title, items) in enumerate(groups)
    ]
