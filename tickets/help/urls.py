"""The addresses of the help pages."""

from django.urls import path

from tickets.help import views

urlpatterns = [
    path("help/", views.start, name="help"),
    path("help/contact/", views.contact, name="help-contact"),
    path("help/damaged/", views.report_damaged, name="help-damaged"),
    path("help/sent/", views.sent, name="help-sent"),
    path("help/t/<str:token>/contact/", views.contact, name="help-contact-known"),
    path("help/t/<str:token>/damaged/", views.report_damaged, name="help-damaged-known"),
]
