"""The addresses of success."""

from django.urls import path

from success.offers import views as offers
from success.views import actions, detail, panels, queue

urlpatterns = [
    path("offer/<str:token>/", offers.offer, name="offer"),
    path("alerts/", queue.alert_list, name="alert-list"),
    path("alerts/<int:pk>/", detail.alert_detail, name="alert-detail"),
    path("alerts/<int:pk>/assign/", actions.assign, name="alert-assign"),
    path("alerts/<int:pk>/start/", actions.start, name="alert-start"),
    path("alerts/<int:pk>/snooze/", actions.snooze, name="alert-snooze"),
    path("alerts/<int:pk>/close/", actions.close, name="alert-close"),
    path("alerts/<int:pk>/note/", actions.note, name="alert-note"),
    path("alerts/tasks/<int:pk>/done/", actions.task_done, name="task-done"),
    path("alerts/runs/<int:pk>/stop/", actions.run_stop, name="run-stop"),
    path("alerts/panel/ticket/<int:pk>/", panels.ticket_panel, name="ticket-success-panel"),
    path("alerts/panel/subscriber/<int:pk>/", panels.subscriber_panel, name="subscriber-success-panel"),
]
