"""The second thing, after a password, by which members of staff prove who they are: a code from their telephone."""

from django.db import models

from config.kernel import clock
from config.kernel.crypto import EncryptedTextField
from customers.models.people import User


class SecondFactor(models.Model):
    """A device that shows codes. It counts once a code from it was typed; until then it is being set up.

    Somebody has at most one that counts, and one beside it while it is being replaced.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="second_factors")
    secret: EncryptedTextField[str, str] = EncryptedTextField(editable=False)
    last_step = models.BigIntegerField(
        "half minute of the newest code used", default=0, editable=False, help_text="Counted from 1970."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(confirmed_at__isnull=False), name="secondfactor_one_counts"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(confirmed_at__isnull=True), name="secondfactor_one_set_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, since {clock.format_plain_date(clock.london_date(self.created_at))}"


class RecoveryCode(models.Model):
    """One of the codes on paper, each good for one log-in without the device. Only a hash of it is stored.

    A plain hash is enough because a code is random and long (services.second_factor).
    """

    id = models.BigAutoField(primary_key=True)
    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["factor", "code_hash"], name="recoverycode_once")]

    def __str__(self) -> str:
        return f"Used {self.used_at:%Y-%m-%d}" if self.used_at else "Not used"
