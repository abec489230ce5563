"""The pages by which people say what they want to be written to about."""

from django.urls import path

from subscribers.privacy import views

urlpatterns = [
    path("preferences/<str:token>/", views.preferences, name="preferences"),
    path("unsubscribe/<str:token>/<slug:category>/", views.unsubscribe_once, name="unsubscribe"),
]
