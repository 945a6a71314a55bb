"""Which ways are open now: e-mail always, each provider by phone that is configured and not stopped."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from registry.media.email import EmailCarrier
from registry.media.sms import EsmsCarrier, SpeedSmsCarrier
from registry.media.zalo import ZaloCarrier
from registry.models import Medium, MessageProvider

CARRIERS = (ZaloCarrier, EsmsCarrier, SpeedSmsCarrier)
"""Providers by phone, the first choice of a medium before the second."""
KEYED = [str(carrier.provider) for carrier in CARRIERS if carrier.knows_our_key]
LONG_REST = timedelta(minutes=30)


@dataclass(frozen=True)
class Line:
    """One way at work in this pass: who carries, which rows, how many at a time."""

    carrier: type
    rows: Q
    provider: str = ""
    batch: int = 1000


EMAIL = Line(EmailCarrier, Q(medium=Medium.EMAIL))


def configured() -> list:
    return [carrier for carrier in CARRIERS if carrier.is_configured()]


def open_lines(now) -> list[Line]:
    """E-mail, and a line for each provider at work. A second provider takes what is new while the first is stopped.

    A message that a provider may already have stays with it. One query, none when only e-mail is configured.
    """
    lines, carriers = [EMAIL], configured()
    known = MessageProvider.objects.in_bulk([carrier.provider for carrier in carriers]) if carriers else {}
    taken = set()
    for carrier in carriers:
        row = known.get(carrier.provider)
        if row and not row.is_open(now):
            continue
        mine = [carrier.provider] if carrier.medium in taken else ["", carrier.provider]
        taken.add(carrier.medium)
        rows = Q(medium=carrier.medium, provider__in=mine)
        lines.append(Line(carrier, rows, str(carrier.provider), carrier.batch()))
    return lines


def providers(now) -> list[tuple]:
    """Every provider with its row and the word of its state: off, stopped, resting, at work (one query)."""
    known, found = MessageProvider.objects.select_related("changed_by").in_bulk(), []
    for carrier in CARRIERS:
        row = known.get(carrier.provider) or MessageProvider(name=carrier.provider)
        if not carrier.is_configured():
            state = "connector_off"
        elif row.halted_at:
            state = "connector_halted"
        else:
            state = "connector_on" if row.is_open(now) else "connector_resting"
        found.append((carrier, row, state))
    return found


def halted_providers() -> list[MessageProvider]:
    """Providers in use that wait for a person; no query when none is in use."""
    names = [carrier.provider for carrier in configured()]
    return list(MessageProvider.objects.filter(name__in=names).exclude(halted_at=None)) if names else []


def media_at_work(now) -> list[str]:
    """Media by which a message can leave soon: e-mail, and those with a provider that is not stopped for long."""
    carriers = configured()
    known = MessageProvider.objects.in_bulk([carrier.provider for carrier in carriers]) if carriers else {}
    soon = [carrier for carrier in carriers if not (row := known.get(carrier.provider)) or row.is_open(now + LONG_REST)]
    return [Medium.EMAIL, *dict.fromkeys(carrier.medium for carrier in soon)]
