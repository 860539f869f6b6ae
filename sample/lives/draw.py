"""Draw all tables of the lives, in the order of their dependencies."""

from __future__ import annotations

from sample.chance import Chance
from sample.lives import health, households, people, relief, welfare, work
from sample.lives.schema import Lives
from sample.months import Calendar
from sample.places import Places
from sample.population import draw_population


def draw_lives(chance: Chance, calendar: Calendar, places: Places, size: int) -> Lives:
    """Draw ``size`` households and the events in their lives over the months."""
    population = draw_population(chance, places, size, calendar.months[0].first_day)
    homes = households.draw_households(chance, population, places, calendar)
    persons = people.draw_people(chance, population, calendar)
    allowances = welfare.draw_allowances(chance, persons, calendar)
    jobs = work.draw_work(chance, persons, calendar)
    return Lives(
        people=persons,
        households=homes,
        second_homes=people.second_homes(chance, persons),
        incomes=households.draw_incomes(chance, persons, calendar),
        monitored=households.draw_monitored(chance, homes, calendar),
        payments=households.draw_payments(chance, homes, persons, calendar),
        toilets=households.draw_toilets(chance, persons, calendar),
        allowances=allowances,
        supports=welfare.draw_supports(chance, persons, allowances["pid"], calendar),
        disabilities=welfare.draw_disabilities(chance, persons, calendar),
        assistance=welfare.draw_assistance(chance, persons, calendar),
        insurance=health.draw_insurance(chance, persons, homes),
        illnesses=health.draw_illnesses(chance, persons, calendar),
        settlements=health.draw_settlements(chance, persons, calendar),
        work=jobs,
        unemployment=work.draw_unemployment(chance, jobs, calendar),
        pensions=work.draw_pensions(chance, persons, calendar),
        training=work.draw_training(chance, persons, calendar),
        incentives=work.draw_incentives(chance, jobs, calendar),
        relief=relief.draw_relief(chance, persons, allowances["pid"], calendar),
        expenses=relief.draw_expenses(chance, homes),
    )
