"""What the province asks while everything falls: acts of the play, each a campaign to its own agencies.

`write_roles` before the curtain; `Act.begin` issues a campaign. What must come of it is in `expected.py`, which knows
only the sheet of roles.
"""

import json
import time
from datetime import timedelta

from django.db import DatabaseError, close_old_connections, connection

from campaigns.models import Campaign
from portal.lib.clock import database_now
from portal.lib.periods import local_day
from registry.models import CalendarDay, Role
from tests import builders, crowd

ACTS, AGENCIES, TEXTS = 4, 105, 100


def write_roles(sheet) -> list:
    """Agencies, some with two focal points (one told by e-mail, one by text message), a draft campaign per act, every day
    worked. Gives the acts."""
    today = local_day(database_now())
    days = [today + timedelta(days=number) for number in range(-60, 60)]
    CalendarDay.objects.bulk_create(CalendarDay(day=day, is_working=True, note="thử") for day in days)
    staff = builders.make_staff("chaos", "Người thử", Role.REVIEWER)
    acts, roles = [], []
    for number in range(ACTS):
        campaign = builders.make_campaign(actor=staff, title=f"Đợt {number}", starts_on=today)
        ask = builders.nomination(campaign, due_on=today + timedelta(days=30), is_strict=False)
        agencies = crowd.make_agencies(AGENCIES)
        ask.agencies.set(agencies)
        for medium, asked in (("email", agencies), ("sms", agencies[:TEXTS])):
            people = crowd.make_people(asked, actor=staff, media=medium)
            for agency, person in zip(asked, people, strict=True):
                roles.append({"act": number, "agency": agency.code, "person": person.email, "medium": medium})
        acts.append(Act(number, campaign.pk, staff))
    sheet.write_text(json.dumps(roles, ensure_ascii=False))
    return acts


class Act:
    """One campaign, issued once, however often the database dies meanwhile."""

    def __init__(self, number, campaign, staff):
        self.number, self.campaign, self.staff = number, campaign, staff

    def begin(self):
        persist(self.issue)
        connection.close()

    def issue(self):
        campaign = Campaign.objects.get(pk=self.campaign)
        if campaign.issued_at is None:
            campaign.issue(actor=self.staff, now=database_now())


def persist(act, seconds=180):
    """Do it although the database comes and goes."""
    until = time.monotonic() + seconds
    while True:
        try:
            return act()
        except DatabaseError:
            if time.monotonic() > until:
                raise
            close_old_connections()
            time.sleep(0.3)
