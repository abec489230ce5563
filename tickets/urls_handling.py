"""What is done with a whole ticket, below `tickets/<pk>/`."""

from django.urls import path

from tickets.views import fields, handling, history, links, splitting

urlpatterns = [
    path("tags/add/", handling.add_tag, name="ticket-tag-add"),
    path("tags/remove/", handling.remove_tag, name="ticket-tag-remove"),
    path("snooze/", handling.snooze, name="ticket-snooze"),
    path("wake/", handling.wake, name="ticket-wake"),
    path("follow/", handling.follow, name="ticket-follow"),
    path("delete/", handling.delete, name="ticket-delete"),
    path("spam/", handling.spam, name="ticket-spam"),
    path("restore/", handling.restore, name="ticket-restore"),
    path("merge/", handling.merge, name="ticket-merge"),
    path("split/", splitting.split, name="ticket-split"),
    path("unmerge/", handling.unmerge, name="ticket-unmerge"),
    path("links/add/", links.link, name="ticket-link-add"),
    path("links/remove/", links.unlink, name="ticket-link-remove"),
    path("fields/<slug:key>/", fields.change_field, name="ticket-field"),
    path("history/", history.ticket_history, name="ticket-history"),
]
