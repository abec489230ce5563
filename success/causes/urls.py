"""The addresses of causes."""

from django.urls import path

from success.causes import views

urlpatterns = [
    path("", views.cause_list, name="cause-list"),
    path("answers/<int:pk>/take-back/", views.take_back, name="cause-answer-take-back"),
    path("<int:pk>/", views.cause_detail, name="cause-detail"),
    path("<int:pk>/assign/", views.assign, name="cause-assign"),
    path("<int:pk>/move/", views.move, name="cause-move"),
    path("<int:pk>/fix/", views.fix, name="cause-fix"),
    path("<int:pk>/dismiss/", views.dismiss, name="cause-dismiss"),
    path("<int:pk>/note/", views.note, name="cause-note"),
    path("<int:pk>/link/", views.link, name="cause-link"),
    path("<int:pk>/unlink/<int:ticket_pk>/", views.unlink, name="cause-unlink"),
    path("<int:pk>/answer/", views.answer, name="cause-answer"),
    path("<int:pk>/affected.csv", views.affected, name="cause-affected"),
]
