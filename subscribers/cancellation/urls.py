"""The addresses of cancelling."""

from django.urls import path, re_path

from subscribers.cancellation.views import account, find, flow, staff, withdrawal

urlpatterns = [
    path("cancel/", find.find, name="cancel"),
    path("cancel/sent/", find.sent, name="cancel-sent"),
    path("cancel/de/", find.statutory, name="cancel-statutory"),
    path("cancel/withdraw/", withdrawal.withdraw, name="cancel-withdraw"),
    path("cancel/receipt/<str:token>/", find.receipt, name="cancel-receipt"),
    path("cancel/t/<str:token>/", flow.flow, name="cancel-flow"),
    path("cancel/t/<str:token>/withdraw/", withdrawal.withdraw_known, name="cancel-withdraw-known"),
    path("account/<str:token>/", account.account, name="account"),
    path("account/<str:token>/<int:pk>/<slug:do>/", account.change, name="account-change"),
    path("cancellations/", staff.session_list, name="cancellation-list"),
    path("cancellations/<int:pk>/", staff.session_detail, name="cancellation-detail"),
    re_path(r"^cancellations/(?P<pk>[0-9]{1,18})/(?P<do>retry|dismiss|match)/$", staff.act, name="cancellation-act"),
    path("cancellations/for/<int:pk>/", staff.cancel_for, name="cancel-for"),
    path("cancellations/panel/<int:pk>/", staff.panel, name="subscriber-cancellation-panel"),
]
