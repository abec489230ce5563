"""Every address of the product; each app adds its own by `include`."""

from django.contrib import admin
from django.urls import path

from helpdesk import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
