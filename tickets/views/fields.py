"""A store's own fields beside a ticket, changed where they stand."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.fields.selectors import Shown, fields_of, marked
from tickets.fields.setting import set_field
from tickets.views.actions import load
from tickets.views.detail import page_context


@require_POST
def change_field(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """`value` as it was typed; answers with the field's row, which says what is wrong. Without htmx, with the page."""
    ticket, typed = load(request, pk), request.POST.get("value", "")
    field = next((one for one in fields_of(ticket) if one.key == key), None)
    if field is None:
        raise Http404
    try:
        set_field(ticket, actor=request.user, key=key, raw=typed)
    except Refused as refused:
        return _refused(request, pk, field, refused, typed)
    said = _("“%(field)s” is saved") % {"field": field.label}
    if not request.htmx:
        messages.success(request, said)
        return redirect(f"{ticket.get_absolute_url()}#field-{key}")
    ticket = load(request, pk)
    now = next((one for one in fields_of(ticket) if one.key == key), None)
    return render(request, "tickets/_field_saved.html", {"ticket": ticket, "field": now, "said": said})


def _refused(request: SignedInRequest, pk: int, field: Shown, refused: Refused, typed: str) -> HttpResponse:
    ticket = load(request, pk)
    fields = marked(fields_of(ticket), field.key, error=refused.message, typed=typed)
    if request.htmx:
        (row,) = (one for one in fields if one.key == field.key)
        return render(request, "tickets/_field.html", {"ticket": ticket, "field": row}, status=422)
    page = page_context(request, ticket) | {"fields": fields}
    return render(request, "tickets/detail.html", page, status=422)
