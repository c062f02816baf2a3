"""The second factor of staff: codes that an app makes from a shared secret (TOTP, RFC 6238), and codes on paper.

The secret is stored encrypted, codes on paper as hashes. A code works once: the half minute it belongs to is kept, and
nothing from then or before is taken again (RFC 6238, section 5.2; the library leaves that to its users).
"""

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID

import pyotp
from django.db import transaction
from django.db.models import F

from config.brand import BRAND
from config.kernel import clock, signing
from config.kernel.references import reference_key
from customers import locks
from customers.models import RecoveryCode, SecondFactor, User
from customers.services.timeline import record_activity

SET_UP_LIFE = timedelta(minutes=20)
RECOVERY_CODES = 10
# Digits, so that a telephone's number pad types them too. 80 bits: nothing to guess, so a plain hash keeps them.
_RECOVERY_DIGITS = 24
_GROUP = 4
_STEP_SECONDS = 30
# Telephones' clocks are a little off; one step either way is what the standard advises.
_STEPS_OFF = (0, -1, 1)


class Proof(Enum):
    """What somebody proved themselves with."""

    DEVICE = "device"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody's second factor stands."""

    factor: SecondFactor
    codes_left: int


def standing_of(user_id: UUID) -> Standing | None:
    """None for who has no device that counts. Two queries at most."""
    factor = SecondFactor.objects.defer("secret").filter(user=user_id, confirmed_at__isnull=False).first()
    return Standing(factor, factor.recovery_codes.filter(used_at=None).count()) if factor else None


@transaction.atomic
def begin_set_up(*, user: User) -> SecondFactor:
    """A new secret, which counts once a code from it was typed. What was begun before is forgotten."""
    locks.lock_users([user.pk])
    SecondFactor.objects.filter(user=user, confirmed_at=None).delete()
    return SecondFactor.objects.create(user=user, secret=pyotp.random_base32())


def being_set_up(user_id: UUID) -> SecondFactor | None:
    """What was begun, for 20 minutes."""
    begun = SecondFactor.objects.filter(user=user_id, confirmed_at=None, created_at__gt=clock.now() - SET_UP_LIFE)
    return begun.first()


def address_for_app(factor: SecondFactor) -> str:
    """What the picture says to the app: the secret, whose it is, and where it is for."""
    return pyotp.TOTP(factor.secret).provisioning_uri(name=factor.user.email, issuer_name=BRAND.name)


@transaction.atomic
def confirm_set_up(*, user: User, code: str) -> list[str] | None:
    """From here on the device that is being set up counts, in the place of any other; its codes for paper.

    They are told this once. None where the code is not the device's, or nothing is being set up any more. Every open
    session of this person ends (`session_round`).
    """
    locks.lock_users([user.pk])
    factor = locks.lock_second_factor(user.pk, counts=False)
    if factor is None or factor.created_at <= clock.now() - SET_UP_LIFE:
        return None
    step = _step_of(factor, reference_key(code))
    if step is None:
        return None
    replaced, _ = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).delete()
    factor.last_step, factor.confirmed_at = step, clock.now()
    factor.save(update_fields=["last_step", "confirmed_at"])
    _end_sessions(user)
    told = "Second factor replaced by a new device" if replaced else "Second factor set up"
    record_activity(user_id=user.pk, kind="second_factor", summary=told)
    return _new_codes(factor)


@transaction.atomic
def check_code(*, user_id: UUID, code: str) -> Proof | None:
    """Uses up a code of the device or one on paper. None for any other, for one used before, and for no device."""
    factor = locks.lock_second_factor(user_id, counts=True)
    if factor is None:
        return None
    typed = reference_key(code)
    if (step := _step_of(factor, typed)) is not None:
        factor.last_step = step
        factor.save(update_fields=["last_step"])
        return Proof.DEVICE
    on_paper = factor.recovery_codes.filter(code_hash=signing.hash_token(typed), used_at=None)
    return Proof.PAPER if on_paper.update(used_at=clock.now()) else None


@transaction.atomic
def replace_codes(*, user: User) -> list[str] | None:
    """New codes for paper; the old ones are worth nothing. None for who has no device."""
    factor = locks.lock_second_factor(user.pk, counts=True)
    if factor is None:
        return None
    factor.recovery_codes.all().delete()
    record_activity(user_id=user.pk, kind="second_factor", summary="New recovery codes made")
    return _new_codes(factor)


def codes_left(user_id: UUID) -> int:
    """Recovery codes that still work."""
    return RecoveryCode.objects.filter(factor__user=user_id, factor__confirmed_at__isnull=False, used_at=None).count()


def newest_code(user_id: UUID) -> int:
    """The number of the last recovery code that was made for this person: each set of codes has another. 0 for none."""
    codes = RecoveryCode.objects.filter(factor__user=user_id, factor__confirmed_at__isnull=False)
    return codes.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def remove(*, user: User) -> bool:
    """Takes the device and its codes away; sessions end. False when there was none that counts."""
    locks.lock_users([user.pk])
    SecondFactor.objects.filter(user=user, confirmed_at=None).delete()
    removed, _ = SecondFactor.objects.filter(user=user).delete()
    if removed:
        _end_sessions(user)
        record_activity(user_id=user.pk, kind="second_factor", summary="Second factor removed")
    return bool(removed)


def _step_of(factor: SecondFactor, code: str) -> int | None:
    """The half minute this code belongs to, if it is the device's and newer than the last one used."""
    totp, now = pyotp.TOTP(factor.secret), int(time.time()) // _STEP_SECONDS
    steps = [now + off for off in _STEPS_OFF]
    fitting = [step for step in steps if signing.constant_time_equal(totp.generate_otp(step), code)]
    return next((step for step in fitting if step > factor.last_step), None)


def _new_codes(factor: SecondFactor) -> list[str]:
    codes = [f"{secrets.randbelow(10**_RECOVERY_DIGITS):0{_RECOVERY_DIGITS}}" for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, code_hash=signing.hash_token(code)) for code in codes)
    return [" ".join(code[at : at + _GROUP] for at in range(0, _RECOVERY_DIGITS, _GROUP)) for code in codes]


def _end_sessions(user: User) -> None:
    """Also on the row in hand, so that who did it can go on (django.contrib.auth.update_session_auth_hash)."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    user.refresh_from_db(fields=["session_round"])
