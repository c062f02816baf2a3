"""Two presses at the same moment: one code lets in one of them, and one owner stays."""

import pyotp
import pytest
from django.contrib.auth.models import Group

from config.kernel import clock
from customers.models import RecoveryCode, SecondFactor, User
from customers.roles import RoleName
from customers.services import second_factor
from customers.services.roles import RoleRefused, ensure_roles, role_of, set_role
from tests.factories import make_staff, make_user
from tests.factories.together import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_code_typed_twice_at_once_lets_in_once() -> None:
    person = make_user("dev@example.com", kind=User.Kind.ADMIN, is_staff=True)
    codes = second_factor.confirm_set_up(
        user=person, code=pyotp.TOTP(second_factor.begin_set_up(user=person).secret).now()
    )
    assert codes
    proofs = all_at_once([lambda: second_factor.check_code(user_id=person.pk, code=codes[0])] * 4)
    assert sorted(map(str, proofs)) == ["None", "None", "None", "Proof.PAPER"]
    assert RecoveryCode.objects.exclude(used_at=None).count() == 1
    SecondFactor.objects.update(last_step=0)
    now = pyotp.TOTP(SecondFactor.objects.get().secret).at(clock.now())
    proofs = all_at_once([lambda: second_factor.check_code(user_id=person.pk, code=now)] * 4)
    assert sorted(map(str, proofs)) == ["None", "None", "None", "Proof.DEVICE"]


def test_two_owners_who_remove_each_other_leave_one() -> None:
    ensure_roles()
    owners = [make_staff(), make_staff()]
    for owner in owners:
        owner.groups.add(Group.objects.get(name=RoleName.OWNER))
    first, second = owners
    answers = all_at_once(
        [
            lambda: set_role(person_id=first.pk, role=RoleName.OFFICE, by=second),
            lambda: set_role(person_id=second.pk, role=RoleName.OFFICE, by=first),
        ]
    )
    assert sorted(type(answer).__name__ for answer in answers) == sorted([bool.__name__, RoleRefused.__name__])
    roles = sorted(str(role_of(User.objects.get(pk=owner.pk))) for owner in owners)
    assert roles == ["office", "owner"]
