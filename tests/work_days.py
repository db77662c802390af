"""Says where data/work_calendar.toml and two packages of PyPI differ.

    work_days.py FILE

What is worked is told anew here from the file, day by day, so that a day off, a worked
weekend and the sum of a year are all compared. Each difference is printed, or why a
package's whole year differs where EXPLAINED has it. The end is 1 where a difference has
no explanation, where an explanation explains nothing, and where no package has a year.
"""

import sys
import tomllib
from datetime import date, timedelta

import holidays
import work_calendar

EXPLAINED = {
    ("work-calendar", 2024): "it has the weekends on Thursday and Friday, from March on "
    "Friday and Saturday",
}


def days_of(year):
    first = date(year, 1, 1)
    return [first + timedelta(days=at) for at in range((date(year + 1, 1, 1) - first).days)]


def is_weekend(day):
    return day.weekday() >= 5


def by_file(year):
    """Holidays are off whatever is moved; `from` is worked, `to` is off."""
    off = set(year["holidays"]) | {move["to"] for move in year["moved"]}
    exchanged = {move["from"] for move in year["moved"]}
    is_worked = lambda day: day not in off and (day in exchanged or not is_weekend(day))
    return {day for day in days_of(year["year"]) if is_worked(day)}


def by_holidays(year):
    russia = holidays.country_holidays("RU", years=year)
    return {day for day in days_of(year) if russia.is_working_day(day)}


def by_work_calendar(year):
    """None where it does not know the year."""
    try:
        return {day for day in days_of(year) if work_calendar.is_workday(day)}
    except work_calendar.NoDataForYearError:
        return None


PACKAGES = {"holidays": by_holidays, "work-calendar": by_work_calendar}


def main():
    with open(sys.argv[1], "rb") as file:
        years = tomllib.load(file)["year"]
    faults, unused = [], set(EXPLAINED)
    for year in years:
        number, ours = year["year"], by_file(year)
        print(f"{number}: {len(ours)} days worked, {sum(map(is_weekend, ours))} at weekends")
        agreeing = 0
        for package, worked_by in PACKAGES.items():
            theirs = worked_by(number)
            if theirs is None:
                print(f"  {package} does not know it")
                continue
            differing = sorted(ours ^ theirs)
            agreeing += not differing
            why = EXPLAINED.get((package, number))
            if differing and why:
                unused.discard((package, number))
                print(f"  {package} differs on {len(differing)} days: {why}")
                continue
            print(f"  {package} differs on {len(differing)} days")
            for day in differing:
                here, there = ("worked", "off") if day in ours else ("off", "worked")
                faults.append(f"{day} is {here} in the file and {there} in {package}")
        if not agreeing:
            faults.append(f"no package agrees on {number}")
    faults += [f"no difference is left to explain: {package} {year}" for package, year in unused]
    print("\n".join(faults) or "no difference without an explanation")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
