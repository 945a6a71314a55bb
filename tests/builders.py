"""Builders of test data, all through the verbs. People, numbers and names are invented."""

import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from campaigns.models import (
    Campaign,
    ContentItem,
    Dispatch,
    MonthClosing,
    Obligation,
    Recurrence,
    Requirement,
    RequirementKind,
)
from campaigns.opening import open_periods
from portal.lib import periods
from registry.models import Agency, Channel, ChannelChange, ChannelKey, ContactPoint, ContactRole, PrintedCode, User

NUMBERS = count(1)
PASSWORD = "mat-khau-thu-nghiem-1"
STARTS_ON = date(2026, 9, 1)
TODAY = date(2026, 9, 16)
"""A Wednesday in the middle of the first month of `issue_monthly_campaign`."""


class Browser(Client):
    """Django's test client over HTTPS-less loopback, raising what views raise."""

    def force_login(self, user, backend=None):
        """The session that signing in leaves, in two queries instead of a dozen; `last_login` stays as it is."""
        session = SessionStore()
        session[SESSION_KEY] = user._meta.pk.value_to_string(user)
        session[BACKEND_SESSION_KEY] = backend or settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create_model_instance(session._session).save(force_insert=True)
        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def moment(day, hour=9, minute=0):
    """An aware moment of an office day."""
    return periods.start_of_day(day) + timedelta(hours=hour, minutes=minute)


NOW = moment(TODAY)


def make_staff(username, full_name, role):
    """Without the morning digest, which would be one more message in every test that counts them."""
    facts = {"full_name": full_name, "role": role, "gets_digest": False}
    return User.objects.create_user(username, f"{username}@tinh.example", PASSWORD, **facts)


def make_agency(name="", *, kind="so", code="", short_name="", actor=None, **fields):
    number = next(NUMBERS)
    return Agency.found(
        actor=actor,
        name=name or f"Cơ quan thử {number}",
        kind=kind,
        code=code or f"T{number}",
        short_name=short_name,
        **fields,
    )


def make_contact(
    agency, full_name="", email="", *, actor, role=ContactRole.CHANNEL_ADMIN, phone="", now=None, **fields
):
    """A confirmed contact point, with account when an e-mail is given."""
    number = next(NUMBERS)
    contact = ContactPoint.propose(
        actor=actor,
        agency=agency,
        role=role,
        full_name=full_name or f"Người Thử {number}",
        phone=phone or f"09120{number:05d}",
        email=email,
        now=now or moment(date(2026, 1, 5)),
        **fields,
    )
    contact.confirm(actor=actor, now=now or moment(date(2026, 1, 5)))
    return contact


def make_focal(agency, full_name, email, *, actor, role=ContactRole.CHANNEL_ADMIN):
    """The account of a confirmed contact point, with a password."""
    person = make_contact(agency, full_name, email, actor=actor, role=role).user
    person.set_password(PASSWORD)
    person.save()
    return person


def make_channel(agency, *, actor, kind="facebook_page", name="", url="", confirmed=True, now=None, **fields):
    number = next(NUMBERS)
    channel = Channel.propose(
        actor=actor,
        agency=agency,
        kind=kind,
        name=name or f"Kênh thử {number}",
        url=url or f"https://www.facebook.com/kenhthu{number}",
        now=now or moment(date(2026, 1, 6)),
        **fields,
    )
    if confirmed:
        channel.confirm(actor=actor, now=now or moment(date(2026, 1, 7)))
    return channel


def put_up(channel, *, actor, place="Bộ phận một cửa", on=date(2026, 9, 10), now=None):
    """The printed code of a channel, hanging somewhere."""
    return PrintedCode.put_up(actor=actor, channel=channel, place=place, on=on, now=now or moment(on))


def propose_change(channel, *, actor, url="", now=None, **facts):
    """A change of a confirmed channel; without any fact, a new address."""
    if not facts:
        url = url or f"https://www.facebook.com/kenhmoi{next(NUMBERS)}"
    return ChannelChange.propose(
        actor=actor, channel=channel, url=url, now=now or moment(date(2026, 9, 10)), **{"note": "Đổi trang"} | facts
    )


def make_campaign(*, actor, title="", starts_on=STARTS_ON, **fields):
    """A draft with its dispatch and no requirement."""
    campaign = Campaign.objects.create(
        title=title or f"Truyền thông thử {next(NUMBERS)}", starts_on=starts_on, created_by=actor, **fields
    )
    Dispatch.objects.create(
        campaign=campaign,
        number=f"{next(NUMBERS)}/SKHCN-CĐS",
        issued_on=starts_on,
        subject="Truyền thông chính sách",
        issuer="Sở Khoa học và Công nghệ",
    )
    return campaign


def monthly(campaign, **fields):
    """The monthly quota: one product, due on the 5th of the next month, locked on the 10th."""
    values = {
        "kind": RequirementKind.SUBMIT_CONTENT,
        "title": "Tối thiểu 01 sản phẩm truyền thông/tháng",
        "recurrence": Recurrence.MONTHLY,
        "starts_on": campaign.starts_on,
        "due_day": 5,
    } | fields
    return Requirement.objects.create(campaign=campaign, **values)


def nomination(campaign, **fields):
    """Nominate a policy contact by the 21st, "trước ngày 22"."""
    values = {
        "kind": RequirementKind.NOMINATE_CONTACT,
        "title": "Cử đầu mối truyền thông chính sách",
        "recurrence": Recurrence.ONCE,
        "starts_on": campaign.starts_on,
        "due_on": campaign.starts_on + timedelta(days=21),
        "is_strict": True,
        "contact_role": ContactRole.POLICY,
    } | fields
    return Requirement.objects.create(campaign=campaign, **values)


def outreach(campaign, measure="lượt quét mã QR", **fields):
    """A number to report by a day."""
    values = {"kind": RequirementKind.OUTREACH, "contact_role": "", "measure": measure, "is_strict": False}
    return nomination(campaign, **values | {"title": "Báo lượt quét mã QR"} | fields)


def issue(campaign, *, actor, today=TODAY):
    campaign.issue(actor=actor, now=moment(campaign.starts_on))
    open_periods(today, campaign=campaign, now=moment(today))
    return campaign


def issue_monthly_campaign(*, actor, today=TODAY, **fields):
    """An issued campaign that asks every agency for the quota and a contact; its periods up to `today` are open."""
    campaign = make_campaign(actor=actor)
    monthly(campaign, **fields)
    nomination(campaign)
    return issue(campaign, actor=actor, today=today)


def quota_of(agency, month=STARTS_ON):
    return (
        Obligation.objects.quota()
        .select_related("requirement__campaign", "period", "agency")
        .get(agency=agency, period__month=month)
    )


def draft_item(obligation, *, actor, title="", now=NOW, **fields):
    fields = {"body": "Nội dung thử nghiệm."} | fields
    return ContentItem.start(
        actor=actor,
        obligation=obligation,
        idempotency_key=uuid.uuid4(),
        title=title or f"Sản phẩm {next(NUMBERS)}",
        now=now,
        **fields,
    )


def submit_item(obligation, *, actor, now=NOW, **fields):
    item = draft_item(obligation, actor=actor, now=now, **fields)
    item.submit(actor=actor, now=now)
    return item


def approve_item(item, *, actor, now=NOW):
    item.approve(actor=actor, version=item.version, now=now)
    return item


def scene(build):
    """A property of the world, made when first asked for, with all that it needs."""

    def act(world):
        made = build(world)
        return {**world.made, build.__name__: made}

    def find(world):
        if build.__name__ not in world.made:
            world.made = world.play(build.__name__, act, world)
        return world.made[build.__name__]

    return property(find, doc=build.__doc__)


class World:
    """One of everything, all of one agency, each made when first asked for. `play` may know it from an earlier test."""

    def __init__(self, agency, focal, reviewer, play=lambda name, act, world: act(world)):
        self.agency, self.focal, self.reviewer = agency, focal, reviewer
        self.play, self.made = play, {}

    @scene
    def campaign(self):
        """Issued today, so that its duties are open whatever the clock says."""
        today = periods.local_day(datetime.now(UTC))
        campaign = make_campaign(actor=self.reviewer, starts_on=today.replace(day=1))
        monthly(campaign)
        nomination(campaign)
        return issue(campaign, actor=self.reviewer, today=today)

    @scene
    def draft_campaign(self):
        campaign = make_campaign(actor=self.reviewer)
        monthly(campaign)
        return campaign

    @scene
    def requirement(self):
        return self.draft_campaign.requirements.get()

    @scene
    def dispatch(self):
        return self.campaign.dispatches.get()

    @scene
    def obligation(self):
        """The monthly quota of the agency."""
        return Obligation.objects.quota().get(agency=self.agency, requirement__campaign=self.campaign)

    @scene
    def closing(self):
        """The month of the quota, closed."""
        return MonthClosing.close(actor=self.reviewer, month=self.obligation.period.month)

    @scene
    def exempted(self):
        """The monthly quota of the agency, excused."""
        self.obligation.exempt(actor=self.reviewer, reason="Công văn 12/SYT-VP")
        return self.obligation

    @scene
    def nomination(self):
        """The duty to nominate a contact."""
        return Obligation.objects.get(
            agency=self.agency, requirement__campaign=self.campaign, requirement__kind=RequirementKind.NOMINATE_CONTACT
        )

    @scene
    def outreach(self):
        """The duty to report a number, open whatever the clock says."""
        today = periods.local_day(datetime.now(UTC))
        campaign = make_campaign(actor=self.reviewer, starts_on=today)
        outreach(campaign)
        issue(campaign, actor=self.reviewer, today=today)
        return Obligation.objects.get(agency=self.agency, requirement__campaign=campaign)

    @scene
    def draft(self):
        return draft_item(self.obligation, actor=self.focal, now=None)

    @scene
    def item(self):
        """Submitted, waiting for review."""
        return submit_item(self.obligation, actor=self.focal, now=datetime.now(UTC))

    @scene
    def approved_item(self):
        item = submit_item(self.obligation, actor=self.focal, now=datetime.now(UTC))
        return approve_item(item, actor=self.reviewer, now=datetime.now(UTC))

    @scene
    def channel(self):
        """Confirmed, public."""
        return make_channel(self.agency, actor=self.reviewer)

    @scene
    def printed_code(self):
        """The code of the confirmed channel, put up somewhere."""
        return put_up(self.channel, actor=self.focal)

    @scene
    def proposed_channel(self):
        return make_channel(self.agency, actor=self.focal, confirmed=False)

    @scene
    def change(self):
        """A new address of the confirmed channel, waiting for the province."""
        return propose_change(self.channel, actor=self.focal)

    @scene
    def given_up_channel(self):
        channel = make_channel(self.agency, actor=self.reviewer)
        channel.give_up(actor=self.focal, reason="Không còn người quản trị")
        return channel

    @scene
    def further_key(self):
        """A second address of the confirmed channel."""
        return ChannelKey.add(
            actor=self.reviewer,
            channel=self.channel,
            url=f"https://www.facebook.com/cungla{next(NUMBERS)}",
            reason="Thử",
        )

    @scene
    def contact(self):
        return make_contact(self.agency, actor=self.reviewer, role=ContactRole.SPOKESPERSON)

    @scene
    def proposed_contact(self):
        return ContactPoint.propose(
            actor=self.focal, agency=self.agency, role=ContactRole.POLICY, full_name="Triệu Thị Mới", phone="0912000111"
        )
