"""The pages of subscribers."""

from django.urls import include, path

from subscribers import views

urlpatterns = [
    path("", include("subscribers.cancellation.urls")),
    path("", include("subscribers.webhooks.urls")),
    path("", include("subscribers.privacy.urls")),
    path("", include("subscribers.imports.urls")),
    path("", include("subscribers.asking.urls")),
    path("subscribers/", views.subscriber_list, name="subscriber-list"),
    path("subscribers/<int:pk>/", views.subscriber_detail, name="subscriber-detail"),
]
