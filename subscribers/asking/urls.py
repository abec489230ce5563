"""Addresses of what is asked of providers."""

from django.urls import path, re_path

from subscribers.asking import views

urlpatterns = [
    path("subscribers/requests/", views.action_list, name="action-list"),
    re_path(
        r"^subscribers/requests/(?P<pk>[0-9]{1,18})/(?P<do>approve|deny|withdraw|retry)/$", views.act, name="action-act"
    ),
    path("subscribers/<int:pk>/requests/", views.actions_panel, name="subscriber-actions-panel"),
    path("subscribers/<int:pk>/card/", views.card, name="subscriber-card"),
    path("subscribers/subscription/<int:pk>/<slug:kind>/", views.ask_for, name="action-ask"),
]
