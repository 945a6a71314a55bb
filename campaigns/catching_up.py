"""Duties catch up with what happened elsewhere (import, invitation, /quan-tri/): one question finds all of them.

Each kind of work belongs to its own module; here stands only that a minute without news costs one query.
"""

from collections import defaultdict
from functools import lru_cache

from django.db.models import CharField, Value

from campaigns import joining, nominating, reconfirming, registering
from campaigns.models import Obligation, RoundChannel
from portal.lib.asking import answers, worded
from portal.lib.periods import local_day

ASK = "ask"

ACTS = {
    "nominate": lambda pk, now: Obligation.settle_if_changed(pk, nominating.FROM_PEOPLE),
    "join": lambda pk, now: joining.settle_if_open(pk),
    "register": lambda pk, now: Obligation.settle_if_changed(pk, registering.FROM_CHANNELS),
    "round": reconfirming.settle_round,
    ASK: reconfirming.ask_once,
}
"""What is done, kind by kind in this order, with each row that the question found."""


def behind(now) -> dict[str, list[int]]:
    """Rows to look at by kind: duties, and under `ASK` the agencies whose channels ask. One query."""
    found = defaultdict(set)
    for kind, pk in answers(*question_of(local_day(now))):
        found[kind].add(pk)
    return {kind: sorted(found[kind]) for kind in ACTS if found[kind]}


@lru_cache(maxsize=2)
def question_of(today) -> tuple[str, tuple]:
    """The words depend on nothing but the day: each process finds them once a day, not each minute."""
    kinds = [
        named("nominate", nominating.stale_duties(), "pk"),
        named("join", joining.stale_duties(), "pk"),
        named("register", registering.stale_duties(), "pk"),
        named("round", RoundChannel.objects.to_settle(today), "obligation_id"),
        named(ASK, reconfirming.asking(today), "agency_id"),
    ]
    return worded(kinds[0].union(*kinds[1:]))


def named(kind, rows, field):
    return rows.order_by().values_list(Value(kind, output_field=CharField()), field)


def catch_up(kind, pks, now) -> int:
    """Do what one kind needs; how many rows changed. A row that another run was faster with changes nothing."""
    return sum(bool(ACTS[kind](pk, now)) for pk in pks)
