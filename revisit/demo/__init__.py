"""A throw-away company with a season of plausible history, as spreadsheets that the ordinary importer reads.

Everything follows from a day and a seed; nobody in it exists.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from revisit import resources
from revisit.company import load_calendar
from revisit.demo import workbooks
from revisit.demo.ending import finish
from revisit.demo.people import REPRESENTATIVES, make_customers
from revisit.demo.season import Season
from revisit.demo.trade import make_orders
from revisit.policy.values import Policies, policy_from

__all__ = ["REPRESENTATIVES", "DemoFiles", "make_season", "make_spreadsheets"]

_SEASON = timedelta(days=150)


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """The spreadsheets of the company, and the programme start that goes with them."""

    staff: Path
    customers: Path
    orders: Path
    revisits: Path
    sales_follow_ups: Path
    start_on: date


def make_season(today: date, seed: int = 7) -> Season:
    """The company on the morning of `today`, in memory: customers, orders, calls and what is owed."""
    rng = Random(seed)  # noqa: S311 - a made-up company, no secret
    start_on = (today - _SEASON).replace(day=1)
    policies = Policies((policy_from(tomllib.loads(resources.read_text("policy/default.toml"))),))
    calendar = load_calendar()
    customers = make_customers(rng, today, start_on)
    make_orders(rng, customers, today, start_on, calendar)
    season = Season(rng, customers, today, start_on, policies, calendar)
    season.play()
    finish(season)
    return season


def make_spreadsheets(folder: Path, today: date, seed: int = 7) -> DemoFiles:
    """Writes the company of `today` into five workbooks in `folder`; the same day and seed give the same bytes."""
    season = make_season(today, seed)
    folder.mkdir(parents=True, exist_ok=True)
    files = DemoFiles(
        staff=folder / "staff.xlsx",
        customers=folder / "customers.xlsx",
        orders=folder / "orders.xlsx",
        revisits=folder / "revisits.xlsx",
        sales_follow_ups=folder / "sales-followups.xlsx",
        start_on=season.start_on,
    )
    rng = Random(seed + 1)  # noqa: S311 - how cells are written, no secret
    workbooks.write_staff(files.staff)
    workbooks.write_customers(files.customers, season.customers, today, rng)
    workbooks.write_orders(files.orders, season.customers, today, rng)
    workbooks.write_revisits(files.revisits, season.customers, rng)
    workbooks.write_sales_follow_ups(files.sales_follow_ups, season.customers, rng)
    return files
