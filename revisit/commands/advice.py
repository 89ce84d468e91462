"""What to do after a customer was missed: the keys and the lines that `log` and the guided call share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from revisit import clock, render, scheduler, wording
from revisit.company import CompanyInfo
from revisit.i18n import _
from revisit.retries import NextTry


def document(tries: NextTry | None, company: CompanyInfo) -> dict[str, Any]:
    """The keys that tell the next try; all of them null where there is none."""
    if tries is None:
        return dict.fromkeys(("retry_at", "try", "try_phone", "try_channels"))
    advice = tries.advice
    at = scheduler.local_at(tries.at, company)
    return {"retry_at": at, "try": advice.number, "try_phone": advice.phone or None, "try_channels": advice.channels}


def tell(tries: NextTry | None, company: CompanyInfo, now: datetime) -> None:
    """When to try again, the how-manieth time that is, and when to change number or channel."""
    if tries is None:
        return
    advice = tries.advice
    if tries.at is None or tries.at <= now:
        told = [_("Try again (attempt {number})").format(number=advice.number)]
    else:
        when = shown_time(clock.local(tries.at, company.timezone), clock.local(now, company.timezone))
        told = [_("Try again from {when} (attempt {number})").format(when=when, number=advice.number)]
    if advice.other_phone and advice.other_phone_from <= advice.number:
        told.append(_("now on another number: phone {place}").format(place=advice.other_phone))
    elif advice.other_phone:
        template = _("from attempt {number} on another number: phone {place}")
        told.append(template.format(number=advice.other_phone_from, place=advice.other_phone))
    elif advice.lacks_number:
        told.append(_("no other number is on file"))
    if advice.channels:
        told.append(_("or by {channels}").format(channels=wording.listed(map(wording.word, advice.channels))))
    render.tell(_("{told}.").format(told=_("; ").join(told)))


def shown_time(at: datetime, now: datetime) -> str:
    """A time on the wall clock; of another day with its date."""
    return at.strftime("%H:%M") if at.date() == now.date() else at.strftime("%Y-%m-%d %H:%M")
