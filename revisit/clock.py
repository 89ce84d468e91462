"""The only place that reads the clock. Everywhere else time is an argument."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, in UTC. `REVISIT_NOW` (ISO, for trying things out and for tests) stands in for it."""
    pretended = os.environ.get("REVISIT_NOW")
    if pretended:
        value = datetime.fromisoformat(pretended)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds on a clock that only runs forward, for how long something lasts. `REVISIT_NOW` lets it stand still."""
    return 0.0 if os.environ.get("REVISIT_NOW") else time.monotonic()


def zoned(instant: datetime, timezone: str) -> datetime:
    """The instant with the offset of a time zone."""
    return instant.astimezone(ZoneInfo(timezone))


def local(instant: datetime, timezone: str) -> datetime:
    """The instant on the wall clock of a time zone, without the zone."""
    return zoned(instant, timezone).replace(tzinfo=None)


def instant(wall: datetime, timezone: str) -> datetime:
    """The instant (UTC) of a wall-clock time in a time zone."""
    return wall.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def today(timezone: str) -> date:
    """The calendar day it is now in a time zone."""
    return local(now(), timezone).date()
