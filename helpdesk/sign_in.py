"""Signing in and out. In the demo the log-ins stand on the page, each one click away."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView

from helpdesk.demo.catalogue import PASSWORD as DEMO_PASSWORD

# They exist in the demo alone.
DEMO_PEOPLE = [
    {"email": "agent@demo.example", "role": "Support agent", "does": "Works tickets", "icon": "headset"},
    {"email": "success@demo.example", "role": "Success manager", "does": "Works alerts", "icon": "heart-handshake"},
    {"email": "lead@demo.example", "role": "CX lead", "does": "Sees everything", "icon": "chart-no-axes-column"},
    {"email": "admin@demo.example", "role": "Administrator", "does": "Configures", "icon": "settings-2"},
]


class SignIn(LoginView):
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context |= {"demo_people": DEMO_PEOPLE, "demo_password": DEMO_PASSWORD}
        return context
