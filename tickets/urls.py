"""The agents' addresses."""

from django.urls import path

from tickets.views import actions, attachments, demo_mailbox, detail, html, lists, mail_webhooks, new, promises

urlpatterns = [
    path("", lists.inbox, name="inbox"),
    path("tickets/", lists.ticket_list, name="ticket-list"),
    path("tickets/new/", new.new_ticket, name="ticket-new"),
    path("tickets/panel/subscriber/<int:pk>/", detail.subscriber_panel, name="subscriber-tickets-panel"),
    path("tickets/<int:pk>/", detail.ticket_detail, name="ticket-detail"),
    path("tickets/<int:pk>/promises/<int:clock_pk>/", promises.ticket_promise, name="ticket-promise"),
    path("tickets/<int:pk>/reply/", actions.reply, name="ticket-reply"),
    path("tickets/<int:pk>/note/", actions.note, name="ticket-note"),
    path("tickets/<int:pk>/assign/", actions.assign, name="ticket-assign"),
    path("tickets/<int:pk>/status/", actions.change_status, name="ticket-status"),
    path("tickets/<int:pk>/priority/", actions.change_priority, name="ticket-priority"),
    path("tickets/<int:pk>/queue/", actions.change_queue, name="ticket-queue"),
    path("tickets/<int:pk>/topics/add/", actions.add_topic, name="ticket-topic-add"),
    path("tickets/<int:pk>/topics/reject/", actions.reject_topic, name="ticket-topic-reject"),
    path("tickets/<int:pk>/attachments/<uuid:token>/", attachments.attachment, name="attachment"),
    path("tickets/<int:pk>/messages/<int:message_pk>/html/", html.message_html, name="message-html"),
    path("tickets/<int:pk>/messages/<int:message_pk>/original/", html.message_original, name="message-original"),
    path("tickets/<int:pk>/messages/<int:message_pk>/original.eml", html.message_source, name="message-source"),
    path("webhooks/mail/<str:service>/<str:token>/", mail_webhooks.mails, name="mail-webhook"),
    path("webhooks/mail/<str:service>/<str:token>/mime", mail_webhooks.mails, name="mail-webhook-mime"),
    path("webhooks/mail/<str:service>/<str:token>/events/", mail_webhooks.events, name="mail-webhook-events"),
    path("mailbox/", demo_mailbox.mailbox, name="demo-mailbox"),
    path("mailbox/<str:key>/", demo_mailbox.mailbox, name="demo-mail"),
]
