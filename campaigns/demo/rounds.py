"""The demo's rounds of re-confirmation: one agency answered, some are asked now, a few forgot."""

from datetime import timedelta

from campaigns import reconfirming
from campaigns.demo.province import moment
from campaigns.models import Obligation

ASKED_BEFORE = (82, 22, 4, 0)
"""Days ago on which the demo's clock asked the agencies."""


def live_rounds(province):
    """Ask as the tick would have asked on those days; every third agency of the last but one answered the next day."""
    for days in ASKED_BEFORE:
        reconfirming.ask_agencies(moment(province.today - timedelta(days=days), 8))
    day = province.today - timedelta(days=ASKED_BEFORE[-2])
    rounds = Obligation.objects.filter(is_round=True, period__first_on=day).select_related("agency", "period")
    for duty in rounds.exclude(agency__name="Sở Y tế").order_by("pk")[::3]:
        speaker = province.speakers[duty.agency_id]
        reconfirming.still_right(duty, actor=speaker, now=moment(day + timedelta(days=1), 10))
