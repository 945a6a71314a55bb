"""Sắp xếp tổ chức, the registry's part of running a plan: verbs row by row, each row noted in the ledger for undo."""

from registry.models import (
    Agency,
    AgencyStatus,
    AgencySuccession,
    ChannelKey,
    ChannelStatus,
    KnownFake,
    ReorganisationKind,
)
from registry.reorganising import channels_of, children_of, contacts_of


def lock_agencies(plan):
    """Every agency of the plan, always in the order of ids: two acts on the same agencies wait for one another."""
    pks = {row.pk for row in plan.sources} | {party.agency.pk for party in plan.targets if party.agency}
    return list(Agency.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))


def run_registry(plan, reorganisation, *, actor, now, ledger):
    """Do the registry's part. In the caller's transaction, agencies locked, plan made after locking."""
    if plan.kind == ReorganisationKind.RENAME:
        return rename(plan, actor, ledger)
    if plan.kind == ReorganisationKind.REPARENT:
        return reparent(plan, actor, ledger)
    channels = list(channels_of(plan).select_for_update(of=("self",)))
    contacts = list(contacts_of(plan).select_for_update(of=("self",)))
    children = list(children_of(plan).select_for_update(of=("self",)))
    end_sources(plan, actor, ledger)
    found_targets(plan, actor, ledger)
    record_successions(plan, reorganisation)
    for row in channels:
        rehome(plan, row, actor, ledger)
    for row in contacts:
        carry(plan, row, actor, ledger)
    for row in children:
        if home := plan.home_of(row.parent):
            ledger.watch([row])
            row.amend(actor=actor, reason=plan.reason_of(row.parent), parent=home.agency)


def rename(plan, actor, ledger):
    agency, facts = plan.sources[0], plan.targets[0].target.facts
    ledger.watch([agency, agency.names.get(valid_to=None)])
    agency.rename(
        actor=actor,
        name=facts["name"],
        short_name=facts.get("short_name") or None,
        on=plan.request.on,
        decision=plan.request.decision,
    )
    ledger.add([agency.names.get(valid_to=None)])


def reparent(plan, actor, ledger):
    for agency in plan.sources:
        ledger.watch([agency])
        agency.amend(actor=actor, reason=f"{plan.title} ({plan.request.decision})", parent=plan.targets[0].agency)


def end_sources(plan, actor, ledger):
    for source in plan.sources:
        ledger.watch([source])
        source.close(actor=actor, on=plan.request.on, reason=plan.reason_of(source))


def found_targets(plan, actor, ledger):
    """New agencies take kind, parent and place from the first old agency that goes to them, unless the plan says."""
    for place, party in enumerate(plan.targets):
        if party.agency:
            continue
        model = next(plan.sources[link.source] for link in plan.request.links if link.target == place)
        facts = {"kind": model.kind} | {name: fact for name, fact in party.target.facts.items() if fact}
        party.agency = Agency.found(actor=actor, parent=living_parent(model), founded_on=plan.request.on, **facts)
        ledger.add([party.agency])


def living_parent(agency):
    parent = agency.parent
    return parent if parent and parent.status == AgencyStatus.ACTIVE else None


def record_successions(plan, reorganisation):
    AgencySuccession.objects.bulk_create(
        AgencySuccession(
            reorganisation=reorganisation,
            predecessor=plan.sources[link.source],
            successor=plan.targets[link.target].agency,
            on=plan.request.on,
            is_partial=link.is_partial,
            is_home=link.is_home,
        )
        for link in plan.request.links
    )


def rehome(plan, row, actor, ledger):
    """The channel goes to the home of its agency; without one it ends."""
    home, reason = plan.home_of(row.agency), plan.reason_of(row.agency)
    if row.status == ChannelStatus.CLOSED:
        return
    ledger.watch([row], guarded=True)
    ledger.watch(row.keys.all())
    ledger.watch(row.changes.open())  # they go along; where the channel closes they end
    if home:
        row.rehome(actor=actor, agency=home.agency, reason=reason)
    elif row.is_live:
        row.close(actor=actor, reason=reason, on=plan.request.on)
    elif row.status == ChannelStatus.PROPOSED:
        row.return_for_changes(actor=actor, reason=reason)


def carry(plan, row, actor, ledger):
    """The person goes on in the home of their agency, or leaves."""
    home, reason = plan.home_of(row.agency), plan.reason_of(row.agency)
    ledger.watch([row])
    if home is None or not plan.request.moves_contacts:
        row.leave(actor=actor, on=plan.request.on, reason=reason)
    else:
        carried = row.carry_to(home.agency, actor=actor, on=plan.request.on, reason=reason)
        if carried:
            ledger.add([carried])
        carry_memberships(row, carried or row.row_in(home.agency), actor, ledger, reason)


def carry_memberships(row, goes_on, actor, ledger, reason):
    """Who was in a network group, or was asked into it, is so for the agency that takes over."""
    members = list(row.memberships.select_for_update(of=("self",)).order_by("pk"))
    ledger.watch(members)
    for member in members:
        member.carry_to(goes_on, actor=actor, reason=reason)


def forget_successions(reorganisation):
    """Undo: nobody came after anybody."""
    reorganisation.successions.all().delete()


def fakes_that_would_live(changes) -> list[str]:
    """Undo: addresses that ended with the act and were listed as fakes since; they can't become official again."""
    label = ChannelKey._meta.label_lower
    pks = [entry["pk"] for entry in changes if entry["model"] == label and (entry["before"] or {}).get("is_live")]
    keys = ChannelKey.objects.filter(pk__in=pks, is_live=False).values_list("key", flat=True)
    return [fake.refusal() for fake in KnownFake.objects.listed_for_sure(keys).values()]
