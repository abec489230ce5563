"""Signing in and out. In the demo the log-ins stand on the page, each one click away."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.views import LoginView

from helpdesk.demo.catalogue import PASSWORD as DEMO_PASSWORD
from helpdesk.models import User
from subscribers.lazy import lazily as _

# They exist in the demo alone.
DEMO_PEOPLE = [
    {"email": "agent@demo.example", "role": _("Support agent"), "does": _("Works tickets"), "icon": "headset"},
    {
        "email": "success@demo.example",
        "role": _("Success manager"),
        "does": _("Works alerts"),
        "icon": "heart-handshake",
    },
    {"email": "lead@demo.example", "role": _("CX lead"), "does": _("Sees everything"), "icon": "chart-no-axes-column"},
    {"email": "admin@demo.example", "role": _("Administrator"), "does": _("Configures"), "icon": "settings-2"},
]


class WithPresence(ModelBackend):
    """Loads whoever is signed in together with whether they are there: every page's menu shows it."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("presence").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class SignIn(LoginView):
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context |= {"demo_people": DEMO_PEOPLE, "demo_password": DEMO_PASSWORD}
        return context
