"""Who may work alerts: as one team everybody, as two the success team, its lead and the administrators."""

import pytest

from subscribers.enums import Role, TeamMode
from success.permissions import may_work_alerts, stores_to_work
from success.selectors import owners
from tests.factories.people import MembershipFactory, StoreFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("mode", "roles"),
    [(TeamMode.ONE, set(Role)), (TeamMode.TWO, {Role.SUCCESS, Role.LEAD, Role.ADMIN})],
)
def test_roles_that_work_alerts(mode, roles):
    store = StoreFactory(team_mode=mode)
    members = {role: MembershipFactory(store=store, role=role).user for role in Role}
    assert {role for role, user in members.items() if may_work_alerts(user, store.pk)} == roles
    assert set(owners(store)) == {members[role] for role in roles}


def test_role_counts_in_its_own_store_alone():
    here, there = StoreFactory(team_mode=TeamMode.TWO), StoreFactory(team_mode=TeamMode.TWO)
    user = MembershipFactory(store=here, role=Role.AGENT).user
    MembershipFactory(store=there, user=user, role=Role.SUCCESS)
    assert list(stores_to_work(user)) == [there]


def test_superuser_works_everywhere_and_an_outsider_nowhere():
    store = StoreFactory()
    assert may_work_alerts(UserFactory(is_superuser=True), store.pk) is True
    assert may_work_alerts(UserFactory(), store.pk) is False


def test_who_left_is_no_owner():
    store = StoreFactory()
    MembershipFactory(store=store, user=UserFactory(is_active=False))
    assert list(owners(store)) == []
