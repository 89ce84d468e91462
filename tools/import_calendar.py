"""Make or refresh one year of the shipped working calendar from the `chinesecalendar` package.

    python tools/import_calendar.py 2026
    python tools/import_calendar.py 2027 --notice 国办发明电〔2026〕N号

Run it each November, when the State Council has published the next year and the package has followed; compare the file
with the notice before shipping it.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
from chinese_calendar import constants

from revisit.policy.calendar import calendar_from

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "calendar"
NOTICES = {
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}
CHINESE = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


def year_text(year: int, notice: str) -> str:
    """The calendar file of `year`. Raises LookupError if the package does not know the year or a festival's name."""
    off = {day: name for day, name in sorted(constants.holidays.items()) if day.year == year}
    worked = sorted(day for day in constants.workdays if day.year == year)
    if not off:
        raise LookupError(f"chinesecalendar does not know {year} yet")
    rest = [f'  {{on = {day}, festival = {{zh = "{CHINESE[name]}", en = "{name}"}}}},' for day, name in off.items()]
    return "\n".join(
        [
            "# Written by tools/import_calendar.py: festival days off on any weekday, weekend days worked for them.",
            f"year = {year}",
            f'source = "国务院办公厅关于{year}年部分节假日安排的通知（{notice}）"',
            "rest_days = [",
            *rest,
            "]",
            "make_up_days = [",
            *(f"  {day}," for day in worked),
            "]",
            "",
        ]
    )


def working_days(text: str) -> int:
    """How many working days the calendar file `text` gives its year. Raises ValueError where the package disagrees."""
    data = tomllib.loads(text)
    calendar = calendar_from([data])
    first, end = date(data["year"], 1, 1), date(data["year"] + 1, 1, 1)
    days = [first + timedelta(days=n) for n in range((end - first).days)]
    wrong = [str(day) for day in days if calendar.is_working_day(day) != chinese_calendar.is_workday(day)]
    if wrong:
        raise ValueError(f"chinesecalendar disagrees on {', '.join(wrong)}")
    return sum(map(calendar.is_working_day, days))


def main() -> int:
    """Write the file of the year on the command line and print its number of working days."""
    parser = argparse.ArgumentParser(description="Make or refresh one year of the shipped working calendar.")
    parser.add_argument("year", type=int)
    parser.add_argument("--notice", help="number of the State Council notice; needed for a year not yet listed here")
    wanted = parser.parse_args()
    notice = wanted.notice or NOTICES.get(wanted.year)
    if not notice:
        parser.error(f"name the State Council notice for {wanted.year} with --notice")
    try:
        text = year_text(wanted.year, notice)
        count = working_days(text)
    except (LookupError, ValueError, NotImplementedError) as error:
        print(f"Nothing was written: {error}", file=sys.stderr)
        return 1
    target = FOLDER / f"cn-{wanted.year}.toml"
    target.write_text(text, encoding="utf-8", newline="\n")
    print(f"{target.name}: {count} working days")
    return 0


if __name__ == "__main__":
    sys.exit(main())
