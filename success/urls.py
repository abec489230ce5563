"""The addresses of success."""

from django.urls import include, path

from success.health import views as health
from success.insights import views as insights
from success.milestones import views as milestones
from success.offers import views as offers
from success.views import actions, deeds, detail, handing, inbox, panels, queue, teams

urlpatterns = [
    path("insights/", insights.start, name="insights"),
    path("insights/evidence/", include("success.evidence.urls")),
    path("insights/<slug:key>/", insights.metric, name="insight"),
    path("offer/<str:token>/", offers.offer, name="offer"),
    path("used/<str:token>/", milestones.by_link, name="confirm-use"),
    path("used/account/<str:token>/<int:pk>/", milestones.by_account, name="confirm-use-account"),
    path("health/panel/subscriber/<int:pk>/", health.subscriber_panel, name="subscriber-health-panel"),
    path("health/panel/ticket/<int:pk>/", health.ticket_panel, name="ticket-health-panel"),
    path("health/use/<int:pk>/", health.set_use, name="health-set-use"),
    path("inbox/give/", inbox.give, name="inbox-give"),
    path("inbox/take-back/", inbox.take_back, name="inbox-take-back"),
    path("team/", teams.team_mode, name="team-mode"),
    path("team/<int:pk>/dismiss/", teams.dismiss, name="team-split-dismiss"),
    path("alerts/", queue.alert_list, name="alert-list"),
    path("alerts/chosen/assign/", deeds.assign, name="deed-assign"),
    path("alerts/chosen/snooze/", deeds.snooze, name="deed-snooze"),
    path("alerts/chosen/close/", deeds.close, name="deed-close"),
    path("alerts/chosen/note/", deeds.note, name="deed-note"),
    path("alerts/deeds/<int:pk>/undo/", deeds.undo, name="deed-undo"),
    path("alerts/even-out/", deeds.even_out, name="alert-even-out"),
    path("alerts/<int:pk>/", detail.alert_detail, name="alert-detail"),
    path("alerts/<int:pk>/reply/", detail.reply, name="alert-reply"),
    path("alerts/<int:pk>/to-service/", handing.alert_to_service, name="alert-to-service"),
    path("alerts/from-ticket/<int:pk>/", handing.ticket_to_success, name="ticket-to-success"),
    path("alerts/panel/touches/<int:pk>/", panels.touches_panel, name="subscriber-touches-panel"),
    path("alerts/<int:pk>/assign/", actions.assign, name="alert-assign"),
    path("alerts/<int:pk>/start/", actions.start, name="alert-start"),
    path("alerts/<int:pk>/snooze/", actions.snooze, name="alert-snooze"),
    path("alerts/<int:pk>/close/", actions.close, name="alert-close"),
    path("alerts/<int:pk>/note/", actions.note, name="alert-note"),
    path("alerts/tasks/<int:pk>/done/", actions.task_done, name="task-done"),
    path("alerts/runs/<int:pk>/stop/", actions.run_stop, name="run-stop"),
    path("alerts/panel/ticket/<int:pk>/", panels.ticket_panel, name="ticket-success-panel"),
    path("alerts/panel/subscriber/<int:pk>/", panels.subscriber_panel, name="subscriber-success-panel"),
    path("causes/", include("success.causes.urls")),
    path("flows/", include("success.flow_pages.urls")),
]
