"""Where customers say how content they are."""

from django.urls import path

from tickets.satisfaction import views

urlpatterns = [
    path("rate/<str:token>/", views.rating, name="rate"),
    path("rate/<str:token>/<int:score>/", views.rating, name="rate-chosen"),
]
