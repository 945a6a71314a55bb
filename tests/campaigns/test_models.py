"""Transition tables (every status × every act) and every constraint of campaigns, broken on purpose."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaigns.models import (
    Campaign,
    CampaignStatus,
    ContentItem,
    ContentStatus,
    ContentVersion,
    Decision,
    Obligation,
    Period,
    Publication,
    ReasonCode,
    Requirement,
)
from campaigns.models.content_status import TRANSITIONS as ITEM_TRANSITIONS
from registry.models import ChannelStatus, ContactPoint, ContactStatus
from registry.models.channel import TRANSITIONS as CHANNEL_TRANSITIONS
from registry.models.contact import TRANSITIONS as CONTACT_TRANSITIONS
from tests import builders
from tests.builders import NOW, TODAY

pytestmark = pytest.mark.django_db
NOTE = "Đề nghị sửa."


@pytest.fixture
def duty(reviewer, health, health_focal):
    builders.issue_monthly_campaign(actor=reviewer)
    return builders.quota_of(health)


class Items:
    """An item of Sở Y tế in any status, reached by its verbs."""

    def __init__(self, duty, focal, reviewer):
        self.duty, self.focal, self.reviewer = duty, focal, reviewer
        self.channel = builders.make_channel(duty.agency, actor=reviewer)

    def in_status(self, status):
        item = builders.draft_item(self.duty, actor=self.focal)
        if status not in (ContentStatus.DRAFT, ContentStatus.WITHDRAWN):
            item.submit(actor=self.focal, now=NOW)
        way = {
            ContentStatus.CHANGES: ("return_for_changes",),
            ContentStatus.APPROVED: ("approve",),
            ContentStatus.PUBLISHED: ("approve", "publish"),
            ContentStatus.REJECTED: ("reject",),
            ContentStatus.WITHDRAWN: ("withdraw",),
        }
        for act in way.get(status, ()):
            self.do(act, item)
        assert item.status == status
        return item

    def do(self, act, item, channel=None):
        why = {"code": ReasonCode.LANGUAGE, "note": NOTE}
        acts = {
            "submit": lambda: item.submit(actor=self.focal, now=NOW),
            "return_for_changes": lambda: item.return_for_changes(
                actor=self.reviewer, version=item.version, now=NOW, **why
            ),
            "approve": lambda: item.approve(actor=self.reviewer, version=item.version, now=NOW),
            "reject": lambda: item.reject(actor=self.reviewer, version=item.version, now=NOW, **why),
            "withdraw": lambda: item.withdraw(actor=self.focal, now=NOW),
            "reopen": lambda: item.reopen(actor=self.reviewer),
            "publish": lambda: item.publish(
                actor=self.reviewer,
                channel=channel or self.channel,
                url="https://www.facebook.com/kenh/posts/1",
                now=NOW,
            ),
        }
        acts[act]()


@pytest.mark.parametrize("status", ContentStatus)
@pytest.mark.parametrize("act", ITEM_TRANSITIONS)
def test_every_act_on_an_item_in_every_status(act, status, duty, health_focal, reviewer):
    items = Items(duty, health_focal, reviewer)
    item = items.in_status(status)
    other_channel = builders.make_channel(duty.agency, actor=reviewer)
    expected = ITEM_TRANSITIONS[act].get(status)
    if expected:
        items.do(act, item, other_channel)
        assert ContentItem.objects.get(pk=item.pk).status == expected
        return
    with pytest.raises(ValidationError):
        items.do(act, item, other_channel)
    assert ContentItem.objects.get(pk=item.pk).status == status


def channel_in(status, agency, reviewer):
    channel = builders.make_channel(agency, actor=reviewer, confirmed=False)
    way = {
        ChannelStatus.CONFIRMED: ["confirm"],
        ChannelStatus.RETURNED: ["return_for_changes"],
        ChannelStatus.SUSPENDED: ["confirm", "suspend"],
        ChannelStatus.CLOSED: ["confirm", "close"],
    }
    for act in way.get(status, []):
        act_on_channel(act, channel, reviewer)
    return channel


def act_on_channel(act, channel, reviewer):
    acts = {
        "confirm": lambda: channel.confirm(actor=reviewer, now=NOW),
        "return_for_changes": lambda: channel.return_for_changes(actor=reviewer, reason=NOTE),
        "resubmit": lambda: channel.correct(actor=reviewer, name=channel.name, url=channel.url, now=NOW),
        "suspend": lambda: channel.suspend(actor=reviewer, reason=NOTE),
        "give_up": lambda: channel.give_up(actor=reviewer, reason=NOTE, now=NOW),
        "resume": lambda: channel.resume(actor=reviewer),
        "close": lambda: channel.close(actor=reviewer, reason=NOTE, on=TODAY),
        "reconfirm": lambda: channel.reconfirm(actor=reviewer, on=TODAY),
    }
    acts[act]()


@pytest.mark.parametrize("status", ChannelStatus)
@pytest.mark.parametrize("act", CHANNEL_TRANSITIONS)
def test_every_act_on_a_channel_in_every_status(act, status, health, reviewer):
    channel = channel_in(status, health, reviewer)
    expected = CHANNEL_TRANSITIONS[act].get(status)
    if not expected:
        with pytest.raises(ValidationError):
            act_on_channel(act, channel, reviewer)
    else:
        act_on_channel(act, channel, reviewer)
    channel.refresh_from_db()
    assert channel.status == (expected or status)


def contact_in(status, agency, reviewer):
    contact = ContactPoint.propose(
        actor=reviewer,
        agency=agency,
        role="policy",
        full_name="Hứa Thị Thử",
        phone="0912000999",
        email="thu.hua@yte.example",
        now=NOW,
    )
    ways = {
        ContactStatus.CONFIRMED: ["confirm"],
        ContactStatus.RETURNED: ["return_for_changes"],
        ContactStatus.LEFT: ["confirm", "leave"],
    }
    for act in ways.get(status, []):
        act_on_contact(act, contact, reviewer)
    return contact


def act_on_contact(act, contact, reviewer):
    acts = {
        "confirm": lambda: contact.confirm(actor=reviewer, now=NOW),
        "return_for_changes": lambda: contact.return_for_changes(actor=reviewer, reason=NOTE, now=NOW),
        "resubmit": lambda: contact.correct(actor=reviewer, full_name="Hứa Thị Thử", phone="0912000999", now=NOW),
        "reconfirm": lambda: contact.reconfirm(actor=reviewer, now=NOW),
        "accept": lambda: contact.accept(actor=contact.user or reviewer, now=NOW),
        "decline": lambda: contact.decline(actor=contact.user or reviewer, reason=NOTE),
        "leave": lambda: contact.leave(actor=reviewer, on=TODAY, reason=NOTE),
        "come_back": lambda: contact.come_back(actor=reviewer, reason=NOTE),
    }
    acts[act]()


@pytest.mark.parametrize("status", ContactStatus)
@pytest.mark.parametrize("act", CONTACT_TRANSITIONS)
def test_every_act_on_a_contact_in_every_status(act, status, health, reviewer):
    contact = contact_in(status, health, reviewer)
    expected = CONTACT_TRANSITIONS[act].get(status)
    if not expected:
        with pytest.raises(ValidationError):
            act_on_contact(act, contact, reviewer)
    else:
        act_on_contact(act, contact, reviewer)
    contact.refresh_from_db()
    assert contact.status == (expected or status)


CAMPAIGN_TRANSITIONS = {
    "issue": {CampaignStatus.DRAFT: CampaignStatus.ISSUED},
    "close": {CampaignStatus.ISSUED: CampaignStatus.CLOSED},
}


@pytest.mark.parametrize("status", CampaignStatus)
@pytest.mark.parametrize("act", CAMPAIGN_TRANSITIONS)
def test_every_act_on_a_campaign_in_every_status(act, status, reviewer):
    campaign = builders.make_campaign(actor=reviewer)
    builders.monthly(campaign)
    acts = {
        "issue": lambda: campaign.issue(actor=reviewer, now=NOW),
        "close": lambda: campaign.close(actor=reviewer, reason=NOTE, now=NOW),
    }
    for step in {CampaignStatus.ISSUED: ["issue"], CampaignStatus.CLOSED: ["issue", "close"]}.get(status, []):
        acts[step]()
    expected = CAMPAIGN_TRANSITIONS[act].get(status)
    if not expected:
        with pytest.raises(ValidationError):
            acts[act]()
    else:
        acts[act]()
    assert Campaign.objects.get(pk=campaign.pk).status == (expected or status)


def test_a_campaign_without_a_requirement_is_not_issued(reviewer):
    campaign = builders.make_campaign(actor=reviewer)
    with pytest.raises(ValidationError, match="ít nhất một yêu cầu"):
        campaign.issue(actor=reviewer, now=NOW)


def test_a_campaign_without_a_dispatch_is_not_issued(reviewer):
    campaign = builders.make_campaign(actor=reviewer)
    builders.monthly(campaign)
    campaign.dispatches.all().delete()
    with pytest.raises(ValidationError, match="công văn"):
        campaign.issue(actor=reviewer, now=NOW)


def test_a_return_without_words_is_refused(duty, health_focal, reviewer):
    item = builders.submit_item(duty, actor=health_focal)
    with pytest.raises(ValidationError):
        item.return_for_changes(actor=reviewer, version=1, code=ReasonCode.OTHER, note="  ", now=NOW)
    item.refresh_from_db()
    assert (item.status, item.decisions.count()) == (ContentStatus.SUBMITTED, 0)


# Every constraint, broken past the verbs: the database itself refuses, with the constraint's own name.

BROKEN = {
    "campaign_issued_exactly_when_dated": (Campaign, {"issued_at": None}),
    "campaign_ends_after_it_starts": (Campaign, {"ends_on": date(2020, 1, 1)}),
    "requirement_has_a_due_rule": (Requirement, {"due_day": None, "due_on": None}),
    "requirement_asks_for_something": (Requirement, {"required_count": 0}),
    "nomination_names_a_role": (Requirement, {"kind": "nominate_contact", "contact_role": ""}),
    "joining_names_a_group": (Requirement, {"kind": "join_group"}),
    "outreach_says_what_to_count": (Requirement, {"kind": "outreach"}),
    "requirement_ends_after_it_starts": (Requirement, {"ends_on": date(2020, 1, 1)}),
    "requirement_due_after_it_starts": (Requirement, {"due_on": date(2020, 1, 1)}),
    "period_days_in_order": (Period, {"locks_on": date(2020, 1, 1)}),
    "period_month_is_a_first": (Period, {"month": date(2026, 9, 2)}),
    "obligation_met_with_all_its_dates": (Obligation, {"accepted_at": None}),
    "obligation_met_only_with_enough": (Obligation, {"accepted_count": 0}),
    "nothing_to_report_says_who_and_why": (Obligation, {"nothing_at": NOW}),
    "exemption_says_who_and_why": (Obligation, {"exempt_at": NOW}),
    "exception_says_why": (Obligation, {"extended_to": date(2026, 12, 1)}),
    "submitted_item_says_who_and_when": (ContentItem, {"submitted_at": None}),
    "decided_item_is_dated": (ContentItem, {"decided_at": None}),
    "held_item_waits_and_says_why": (ContentItem, {"held_at": NOW}),
    "item_published_exactly_when_dated": (ContentItem, {"published_at": None}),
    "accepted_version_was_decided": (ContentVersion, {"decided_at": None}),
    "return_or_reject_says_why": (Decision, {"act": "reject"}),
}
TWICE = {
    "period_opened_once": Period,
    "one_obligation_per_agency_and_period": Obligation,
    "item_saved_once": ContentItem,
    "version_number_once": ContentVersion,
    "one_decision_per_version": Decision,
    "published_once_per_channel": Publication,
}


@pytest.fixture
def published(duty, health_focal, reviewer):
    """One published item, so that every row of its duty has all its dates."""
    items = Items(duty, health_focal, reviewer)
    return items.in_status(ContentStatus.PUBLISHED)


def row_of(model, item):
    duty = item.obligation
    return {
        Campaign: duty.requirement.campaign,
        Requirement: duty.requirement,
        Period: duty.period,
        Obligation: duty,
        ContentItem: item,
        ContentVersion: item.current_version,
        Decision: item.last_decision,
        Publication: item.publications.first(),
    }[model]


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_half_a_truth(name, published):
    model, change = BROKEN[name]
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.filter(pk=row_of(model, published).pk).update(**change)


@pytest.mark.parametrize("name", TWICE)
def test_the_database_refuses_the_same_row_twice(name, published):
    model = TWICE[name]
    copy = model.objects.get(pk=row_of(model, published).pk)
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.bulk_create([copy])


ELSEWHERE = {"one_open_round_per_agency", "shared_once_per_duty"}


def test_the_database_refuses_a_second_open_round(duty):
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.filter(agency=duty.agency, met_at=None).update(is_round=True)
    assert Obligation.objects.filter(pk=duty.pk).update(is_round=True) == 1


def test_the_database_refuses_to_share_a_product_twice_in_one_duty(published):
    def share():
        copy = ContentItem.objects.get(pk=published.pk)
        copy.pk, copy.idempotency_key, copy.shared_from = None, uuid.uuid4(), published
        ContentItem.objects.bulk_create([copy])

    share()
    with pytest.raises(IntegrityError), transaction.atomic():
        share()


def test_every_constraint_of_campaigns_is_broken_somewhere():
    models = {Campaign, Requirement, Period, Obligation, ContentItem, ContentVersion, Decision, Publication}
    known = {constraint.name for model in models for constraint in model._meta.constraints}
    assert known == BROKEN.keys() | TWICE.keys() | ELSEWHERE
