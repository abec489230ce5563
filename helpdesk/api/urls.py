"""The addresses of the REST interface. Names carry the prefix `api:`, apart from those of the pages."""

from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from subscribers.api import SubscriberViewSet
from subscribers.api_subscriptions import BoxViewSet, SubscriptionViewSet
from subscribers.cancellation.api import CancellationView
from success.api import AlertViewSet, RunViewSet, TouchViewSet
from success.causes.api import CauseViewSet
from success.evidence.api import EvidenceViewSet
from success.health.api import HealthViewSet, MilestoneViewSet
from success.insights.api import InsightView
from tickets.api import TicketViewSet
from tickets.fields.api import TicketFieldsView, TicketFieldViewSet
from tickets.macros.api import MacroViewSet
from tickets.rules.api import RuleFiringViewSet, TicketRuleViewSet
from tickets.satisfaction.api import SatisfactionViewSet


@extend_schema(exclude=True)
class Nowhere(APIView):
    """Answers in JSON where there is nothing."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: str, **kwargs: str) -> None:
        raise NotFound("There is nothing at this address; /api/v1/docs/ lists what there is.")

    def get(self, request: Request) -> Response:
        raise NotFound


router = SimpleRouter()
router.register("tickets", TicketViewSet, basename="ticket")
router.register("macros", MacroViewSet, basename="macro")
router.register("ticket-fields", TicketFieldViewSet, basename="ticket-field")
router.register("satisfaction", SatisfactionViewSet, basename="satisfaction")
router.register("ticket-rules", TicketRuleViewSet, basename="ticket-rule")
router.register("rule-firings", RuleFiringViewSet, basename="rule-firing")
router.register("alerts", AlertViewSet, basename="alert")
router.register("causes", CauseViewSet, basename="cause")
router.register("runs", RunViewSet, basename="run")
router.register("touches", TouchViewSet, basename="touch")
router.register("evidence", EvidenceViewSet, basename="evidence")
router.register("health", HealthViewSet, basename="health")
router.register("milestones", MilestoneViewSet, basename="milestone")
router.register("subscribers", SubscriberViewSet, basename="subscriber")
router.register("subscriptions", SubscriptionViewSet, basename="subscription")
router.register("boxes", BoxViewSet, basename="box")

app_name = "api"
urlpatterns = [
    path("", include(router.urls)),
    path("subscriptions/<int:pk>/cancellation/", CancellationView.as_view(), name="subscription-cancellation"),
    path("tickets/<int:pk>/fields/", TicketFieldsView.as_view(), name="ticket-fields"),
    path("insights/<slug:metric>/", InsightView.as_view(), name="insight"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    # Only addresses that end with a slash: one without is first redirected to the one with.
    re_path(r"^(?:.*/)?$", Nowhere.as_view()),
]
