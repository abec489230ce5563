"""The pages of subscribers."""

from django.urls import path

from subscribers import views

urlpatterns = [
    path("subscribers/", views.subscriber_list, name="subscriber-list"),
    path("subscribers/<int:pk>/", views.subscriber_detail, name="subscriber-detail"),
]
