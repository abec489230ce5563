"""The addresses of evidence, below those of insights."""

from django.urls import path

from success.evidence import views

urlpatterns = [
    path("", views.start, name="evidence"),
    path("service/", views.service, name="evidence-service"),
    path("flow/<int:pk>/", views.flow, name="evidence-flow"),
    path("again/<int:pk>/", views.again, name="evidence-again"),
]
