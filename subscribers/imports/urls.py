"""The pages of imports."""

from django.urls import path

from subscribers.imports import views

urlpatterns = [
    path("subscribers/imports/", views.import_list, name="import-list"),
    path("subscribers/imports/<int:pk>/", views.import_detail, name="import-detail"),
    path("subscribers/imports/<int:pk>/columns/", views.import_columns, name="import-columns"),
    path("subscribers/imports/<int:pk>/confirm/", views.import_confirm, name="import-confirm"),
    path("subscribers/imports/<int:pk>/withdraw/", views.import_withdraw, name="import-withdraw"),
    path("subscribers/imports/<int:pk>/refused.csv", views.import_failed, name="import-failed"),
]
