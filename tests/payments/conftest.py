"""The stand-in for Stripe with a look inside, and Stripe's events told in every order."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from config.kernel import clock
from payments.flows.events import apply_stripe_event
from tests.factories.at_stripe import OpenStandIn
from tests.factories.stripe_events import make_event
from tests.system.stand_in import StandIn, start_server

type Events = list[tuple[str, str]]


@pytest.fixture(scope="session")
def stripe_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    server = start_server(tmp_path_factory.mktemp("stripe") / "state.sqlite3")
    yield OpenStandIn(server)
    server.stop()


@pytest.fixture
def frozen_now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Time stands still, so that a time that was counted from now can be compared exactly."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


@pytest.fixture
def later(frozen_now: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Lets it be so much later than `frozen_now`, where time stands still again."""
    return lambda by: monkeypatch.setattr(clock, "now", lambda: frozen_now + by)


@pytest.fixture(params=["once", "twice", "reversed", "reversed twice"])
def told(request: pytest.FixtureRequest) -> Callable[[Events], None]:
    """Applies events (type, id of their subject) in the way that this run of the test says."""

    def tell(events: Events) -> None:
        rows = [make_event(kind, about, event_id=f"evt_{place}") for place, (kind, about) in enumerate(events)]
        order = rows[::-1] if "reversed" in request.param else rows
        for row in order:
            apply_stripe_event(event_id=row.pk)
        if "twice" in request.param:
            for row in order:
                apply_stripe_event(event_id=row.pk)
            # Stripe also sends the same news under another id.
            for place, (kind, about) in enumerate(events):
                apply_stripe_event(event_id=make_event(kind, about, event_id=f"evt_again_{place}").pk)

    return tell
