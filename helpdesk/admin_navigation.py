"""The admin's side bar: what is configured together stands together."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy

GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Service",
        (
            ("Queues", "inbox", "tickets_queue"),
            ("Mailboxes", "alternate_email", "tickets_mailbox"),
            ("SLA policies", "timer", "tickets_slapolicy"),
            ("Satisfaction", "sentiment_satisfied", "tickets_satisfactionsettings"),
            ("Calendars", "calendar_month", "tickets_businesscalendar"),
            ("Detection rules", "search_insights", "tickets_detectionrule"),
        ),
    ),
    (
        "Success",
        (
            ("Alert rules", "notifications_active", "success_alertrule"),
            ("Duties", "event_available", "success_duty"),
            ("Portfolios", "folder_supervised", "success_portfolio"),
            ("Held facts", "do_not_disturb_on", "success_heldfact"),
            ("Flows", "account_tree", "success_flow"),
            ("Milestones", "flag", "success_milestone"),
            ("Health: weights", "balance", "success_healthweight"),
            ("Health: scale", "straighten", "success_healthscale"),
            ("Flow versions", "history", "success_flowversion"),
        ),
    ),
    (
        "Store",
        (
            ("Stores", "storefront", "subscribers_store"),
            ("Products", "package_2", "subscribers_product"),
            ("Reasons", "category", "subscribers_reason"),
            ("Cancellation policies", "gavel", "subscribers_cancellationpolicy"),
            ("Cancellation settings", "tune", "subscribers_cancellationsettings"),
            ("Offers", "redeem", "subscribers_offer"),
            ("Subscribers", "group", "subscribers_subscriber"),
            ("Subscriptions", "autorenew", "subscribers_subscription"),
            ("Boxes", "deployed_code", "subscribers_box"),
            ("Payments", "payments", "subscribers_charge"),
            ("Cards", "credit_card", "subscribers_paymentmethod"),
            ("Cards that expire", "credit_card_clock", "subscribers_cardexpiry"),
            ("Imports", "upload_file", "subscribers_import"),
        ),
    ),
    (
        "Providers",
        (
            ("Connections", "cable", "subscribers_connection"),
            ("Webhooks", "webhook", "subscribers_webhookdelivery"),
            ("Actions", "bolt", "subscribers_provideraction"),
            ("Approval limits", "approval", "subscribers_approvallimit"),
            ("Reconciliations", "compare_arrows", "subscribers_reconciliation"),
            ("Differences", "difference", "subscribers_difference"),
        ),
    ),
    (
        "Privacy",
        (
            ("Requests", "policy", "subscribers_privacyrequest"),
            ("Copies", "folder_zip", "subscribers_personexport"),
            ("Erasures", "person_off", "subscribers_erasure"),
        ),
    ),
    (
        "Mail",
        (
            ("Mail in", "move_to_inbox", "tickets_inboundmail"),
            ("Mail out", "outgoing_mail", "tickets_outboundmail"),
            ("Held addresses", "unsubscribe", "tickets_suppression"),
        ),
    ),
    (
        "Histories",
        (
            ("Of tickets", "confirmation_number", "tickets_ticketevent"),
            ("Ratings", "reviews", "tickets_satisfactionrequest"),
            ("Of clocks", "schedule", "tickets_clockevent"),
            ("Recalculations", "update", "tickets_recalculation"),
            ("Of alerts", "crisis_alert", "success_alertevent"),
            ("Of runs", "route", "success_runevent"),
            ("Of milestones", "flag", "success_milestoneevent"),
            ("Of health", "monitor_heart", "success_healthevent"),
            ("Of subscriptions", "receipt_long", "subscribers_subscriptionevent"),
            ("Cancellations", "door_open", "subscribers_cancellationsession"),
            ("Cancellation mails", "outgoing_mail", "subscribers_cancellationnotice"),
            ("Touches", "forward_to_inbox", "success_touch"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    groups = GROUPS
    if getattr(request.user, "is_superuser", False):
        groups = (*GROUPS, ("People", (("Users", "person", "helpdesk_user"),)))
    return [
        {
            "title": title,
            "separator": title != "Service",
            "items": [
                {"title": name, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}
                for name, icon, model in items
            ],
        }
        for title, items in groups
    ]
