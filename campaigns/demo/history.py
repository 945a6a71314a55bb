"""The demo's months: what each agency handed in, when, and how the province answered. Everything through the verbs."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.demo import words
from campaigns.demo.province import moment
from campaigns.models import (
    Campaign,
    Dispatch,
    MonthClosing,
    Obligation,
    Period,
    Recurrence,
    Requirement,
    RequirementKind,
)
from campaigns.models.content import ContentItem
from campaigns.opening import open_periods
from portal.lib import periods
from registry.models import AgencyKind, Channel, ContactRole

STAGES = ("issued", "submitted", "reviewed", "published", "closed")
CLOSED_AFTER = 8
"""Days after the lock on which the province closes a month."""
HABITS = {"good": 0.62, "hurried": 0.16, "late": 0.12, "silent": 0.10}
EXTRA_KINDS = (AgencyKind.PRESS,)


@dataclass(frozen=True)
class Story:
    """How one agency behaves."""

    habit: str
    returned: float
    nothing: float


def issue_quota(province, began_on) -> Campaign:
    """The dispatch that asks everybody for one product a month."""
    campaign = Campaign.objects.create(
        title="Truyền thông chính sách trên Zalo OA “Công dân số Lạng Sơn”",
        purpose="Mỗi cơ quan, đơn vị xây dựng tối thiểu 01 sản phẩm truyền thông/tháng về cơ chế, chính sách, nội dung "
        "trọng tâm thuộc lĩnh vực quản lý để đăng tải trên các kênh chính thống của tỉnh.",
        starts_on=began_on,
        created_by=province.reviewer,
    )
    campaign.channels.set(Channel.objects.filter(is_featured=True))
    Dispatch.objects.create(
        campaign=campaign,
        number="1234/SKHCN-CĐS",
        issued_on=began_on,
        subject="triển khai truyền thông chính sách trên các kênh chính thống của tỉnh",
        issuer="Sở Khoa học và Công nghệ",
        signatory="Phó Giám đốc Sở",
        recipients="Các sở, ban, ngành, đoàn thể tỉnh; UBND các xã, phường",
    )
    Requirement.objects.create(
        campaign=campaign,
        kind=RequirementKind.SUBMIT_CONTENT,
        title="Tối thiểu 01 sản phẩm truyền thông/tháng",
        guidance="Tin, bài, hình ảnh, poster hoặc video. Đơn vị chịu trách nhiệm về nội dung cung cấp.",
        recurrence=Recurrence.MONTHLY,
        starts_on=began_on,
        due_day=5,
        lock_after_days=5,
    )
    campaign.issue(actor=province.reviewer, now=moment(began_on, 10))
    return campaign


def issue_nomination(province) -> Campaign:
    """A young dispatch that asks for policy contacts, so that today has open work of the other kind."""
    began_on = province.today - timedelta(days=9)
    campaign = Campaign.objects.create(
        title="Kiện toàn đầu mối truyền thông chính sách",
        purpose="Rà soát, cử đầu mối phụ trách truyền thông chính sách của từng cơ quan, đơn vị.",
        starts_on=began_on,
        created_by=province.reviewer,
    )
    Dispatch.objects.create(
        campaign=campaign,
        number="2345/SKHCN-CĐS",
        issued_on=began_on,
        subject="cử đầu mối phụ trách truyền thông chính sách",
        issuer="Sở Khoa học và Công nghệ",
    )
    Requirement.objects.create(
        campaign=campaign,
        kind=RequirementKind.NOMINATE_CONTACT,
        title="Cử cán bộ đầu mối truyền thông chính sách",
        guidance="Ghi họ tên, chức vụ, số điện thoại, thư điện tử của người được cử.",
        recurrence=Recurrence.ONCE,
        contact_role=ContactRole.POLICY,
        starts_on=began_on,
        due_on=province.today + timedelta(days=8),
        is_strict=True,
        lock_after_days=15,
    )
    campaign.issue(actor=province.reviewer, now=moment(began_on, 14))
    open_periods(province.today, campaign=campaign, now=moment(began_on, 14))
    return campaign


def tell_stories(province) -> dict:
    """A habit for each agency, the same in every month."""
    names, weights = list(HABITS), list(HABITS.values())
    armed = AgencyKind.ARMED_FORCES
    return {
        agency.pk: Story(
            habit=province.dice.choices(names, weights)[0],
            returned=province.dice.choice((0.03, 0.08, 0.25)),
            nothing=0.3 if agency.kind == armed else 0.02,
        )
        for agency in province.agencies
    }


def live_month(province, stories, month, stage=None):
    """Play one month for every agency, up to now. `stage` stops the work of the month there."""
    open_periods(min(province.today, month), now=moment(month, 0, 5))
    if stage == "issued":
        return
    rows = Obligation.objects.quota().filter(period__month=month).select_related("agency", "period", "requirement")
    for row in rows:
        live_duty(province, stories[row.agency_id], row, stage)


def close_month(province, month, now):
    """Chốt kỳ, as the province does it."""
    MonthClosing.close(actor=province.reviewer, month=month, now=now)


def close_past_months(province, began_on):
    """Every month that was locked long enough ago; the newest of them has a late product since, as an amendment."""
    newest = None
    rows = Period.objects.filter(requirement__kind=RequirementKind.SUBMIT_CONTENT, month__gte=began_on)
    for row in rows.order_by("month"):
        day = row.locks_on + timedelta(days=CLOSED_AFTER)
        if day < province.today:
            close_month(province, row.month, moment(day, 15))
            newest = row.month, day
    if newest:
        amend_month(province, *newest)


def amend_month(province, month, day):
    """One agency that missed the month hands in after it was closed: the province opened the period for it alone."""
    row = Obligation.objects.quota().filter(period__month=month).open_work().order_by("pk").first()
    if row is None or day + timedelta(days=2) >= province.today:
        return
    reason = "Đơn vị thay đầu mối nên gửi chậm (Công văn số 45/VP-DEMO)"
    row.reopen(actor=province.reviewer, until=province.today, reason=reason, now=moment(day + timedelta(days=1), 9))
    live_item(
        province, Story("late", 0, 0), row, province.speakers[row.agency_id], moment(day + timedelta(days=1), 10), None
    )


def live_duty(province, story, row, stage):
    """What one agency does about one month's quota."""
    dice, speaker = province.dice, province.speakers[row.agency_id]
    day = chosen_day(dice, story, row)
    if day is None:
        return
    at = moment(day, dice.randint(8, 16), dice.randint(0, 59))
    if at >= moment(province.today, 7):
        return
    if dice.random() < story.nothing:
        row.report_nothing(actor=speaker, reason=dice.choice(words.NOTHING_REASONS), now=at)
        return
    for _ in range(dice.randint(2, 4) if row.agency_kind in EXTRA_KINDS else 1):
        live_item(province, story, row, speaker, at, stage)
        at += timedelta(hours=dice.randint(1, 5))


def chosen_day(dice, story, row) -> date | None:
    """The day on which the agency hands in; None = this month it stays silent."""
    if dice.random() < {"good": 0.02, "hurried": 0.05, "late": 0.12, "silent": 0.7}[story.habit]:
        return None
    first, due = row.period.first_on, row.due_on
    if story.habit == "good":
        return first + timedelta(days=dice.randint(4, 24))
    if story.habit == "hurried":
        return due - timedelta(days=dice.randint(0, 4))
    return due + timedelta(days=dice.randint(1, 4)) if dice.random() < 0.7 else due - timedelta(days=1)


def live_item(province, story, row, speaker, at, stage):
    """One product: handed in, perhaps sent back and mended, accepted, published."""
    dice = province.dice
    key = uuid.UUID(int=dice.getrandbits(128), version=4)
    item = ContentItem.start(
        actor=speaker,
        obligation=row,
        idempotency_key=key,
        now=at,
        responsible=speaker.full_name,
        **words.product(dice, row.agency_name.replace("UBND ", ""), at),
    )
    item.submit(actor=speaker, is_declared=True, now=at)
    if stage == "submitted":
        return
    now = moment(province.today, 8)
    decided = at + timedelta(days=dice.choice((0, 1, 1, 2, 4)), hours=2)
    if dice.random() < story.returned and decided < now:
        code, note = dice.choice(words.RETURNS)
        item.return_for_changes(actor=province.reviewer, version=1, code=code, note=note, now=decided)
        again = decided + timedelta(days=dice.randint(1, 2))
        if again >= now or row.is_locked(periods.local_day(again)):
            return
        item.submit(actor=speaker, is_declared=True, now=again)
        decided = again + timedelta(days=1)
    if decided < now:
        accept_item(province, item, decided, now, stage)


def accept_item(province, item, decided, now, stage):
    """Approve, and a day later publish on one of the province's channels."""
    item.approve(actor=province.reviewer, version=item.version, now=decided)
    published = decided + timedelta(days=1)
    if stage == "reviewed" or published >= now:
        return
    outlet = province.dice.choice(province.outlets)
    url = f"{outlet.url}/bai-viet/{item.pk}" if outlet.kind == "website" else f"{outlet.url}/posts/{100000 + item.pk}"
    item.publish(actor=province.reviewer, channel=outlet, url=url, published_at=published, now=published)


def answer_nominations(province):
    """About a third of the agencies have named their policy contact; half of those wait for the province."""
    dice = province.dice
    rows = Obligation.objects.filter(requirement__kind=RequirementKind.NOMINATE_CONTACT).select_related(
        "agency", "requirement", "period"
    )
    for row in rows:
        if dice.random() > 0.35 or row.agency.name.endswith(("Thất Khê", "Tràng Định", "Sở Y tế")):
            continue
        nominate(province, row)


def nominate(province, row):
    """One nomination a few days after the dispatch, then perhaps its confirmation."""
    dice, number = province.dice, province.next_number()
    at = moment(row.period.first_on + timedelta(days=dice.randint(1, 6)), dice.randint(8, 16))
    contact = row.agency.contact_points.model.propose(
        actor=province.speakers[row.agency_id],
        agency=row.agency,
        role=ContactRole.POLICY,
        full_name=words.person_name(dice),
        position=dice.choice(words.POSITIONS),
        phone=words.phone(number),
        email=f"canbo{number}@langson.example",
        now=at,
    )
    if dice.random() < 0.5:
        contact.confirm(actor=province.reviewer, now=at + timedelta(days=1))
    row.settle(actor=contact.proposed_by, reason=f"Cử đầu mối: {contact}")
