"""Every address of the product; each app adds its own by `include`."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from helpdesk import health
from helpdesk.home import home
from helpdesk.languages import choose_language
from helpdesk.live import live
from helpdesk.metrics import metrics
from helpdesk.sign_in import SignIn
from helpdesk.styleguide import styleguide

urlpatterns = [
    path("", home, name="inbox"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("live/", live, name="live"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("language/", choose_language, name="choose-language"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("styleguide/", styleguide, name="styleguide"),
    path("api/v1/", include("helpdesk.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("tickets.urls")),
    path("", include("subscribers.urls")),
    path("", include("success.urls")),
]
