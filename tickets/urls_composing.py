"""Addresses of one ticket's composer: `tickets/<pk>/…`."""

from django.urls import path

from tickets.views import drafts, macros, viewing

urlpatterns = [
    path("draft/", drafts.draft, name="ticket-draft"),
    path("draft/files/", drafts.upload, name="ticket-upload"),
    path("draft/files/<uuid:token>/remove/", drafts.remove, name="ticket-upload-remove"),
    path("macros/", macros.macro_list, name="ticket-macros"),
    path("macros/<int:macro_pk>/", macros.macro_preview, name="ticket-macro"),
    path("macros/<int:macro_pk>/apply/", macros.macro_apply, name="ticket-macro-apply"),
    path("viewing/", viewing.viewing, name="ticket-viewing"),
    path("colleagues/", viewing.whom_to_mention, name="ticket-colleagues"),
]
