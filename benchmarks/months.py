"""One month of the invented province: its duties, the products handed in, decisions, posts, reminders and messages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from campaigns.models import (
    ContentItem,
    ContentVersion,
    Decision,
    Obligation,
    Period,
    Publication,
    Reminder,
)  # fmt: skip
from portal.lib import periods, text
from registry.models import Notice, OutgoingMessage, Role, bulk

DAY = timedelta(days=1)
AT_A_TIME, REASON = 20_000, "Nạp để đo"
STILL_OPEN, NOTHING, EXEMPT, TWO_PRODUCTS = 8, 3, 2, 28
"""Of a hundred duties: never answered, nothing to report, excused, answered with two products."""
FRESH = timedelta(days=14)
"""How long an accepted product may wait for its post."""
LATE_OF_A_HUNDRED, REMINDED_OF_A_HUNDRED, REJECTED_OF_A_HUNDRED = 12, 55, 3
BODY = "Đoạn văn đo tốc độ, không có nội dung thật. " * 20
MAIL = "Kính gửi anh chị, đơn vị còn một sản phẩm tháng này. Xin mở cổng để nộp trước hạn. " * 5


@dataclass
class Rows:
    """The rows of one month, table by table in the order in which they are written."""

    duties: list = field(default_factory=list)
    items: list = field(default_factory=list)
    versions: list = field(default_factory=list)
    decisions: list = field(default_factory=list)
    posts: list = field(default_factory=list)
    messages: list = field(default_factory=list)
    reminders: list = field(default_factory=list)
    notices: list = field(default_factory=list)

    def write(self, actor) -> None:
        for name, rows in vars(self).items():
            enter(rows, history_by=actor if name in ("duties", "items") else None)


def enter(rows: list, *, history_by=None) -> None:
    """Insert rows, and for tracked models the line that says who entered them."""
    for start in range(0, len(rows), AT_A_TIME):
        part = rows[start : start + AT_A_TIME]
        point_to_written_rows(part)
        bulk.insert(part)
        if history_by:
            bulk.insert_history(part, actor=history_by, reason=REASON)


def point_to_written_rows(rows: list) -> None:
    """Keys of rows that had none yet when they were named."""
    for column in (column for column in rows[0]._meta.concrete_fields if column.is_relation):
        for row in rows:
            known = column.get_cached_value(row, default=None)
            if known is not None:
                setattr(row, column.attname, known.pk)


def open_month(province, month: date) -> None:
    """The duties of every agency; months before the running one with all that came of them."""
    period, rows = open_period(province, month), Rows()
    for agency in province.agencies:
        duty = Obligation(
            requirement=province.requirement, period=period, agency=agency, agency_name=agency.name,
            agency_kind=agency.kind, due_on=period.due_on, locks_on=period.locks_on,
        )  # fmt: skip
        rows.duties.append(duty)
        if month < province.this_month:
            answer(province, duty, rows)
    rows.write(province.staff[Role.ADMINISTRATOR])


def open_period(province, month: date) -> Period:
    window = periods.month_window(month.year, month.month)
    due_on = province.requirement.due_of(window)
    return Period.objects.create(
        requirement=province.requirement, month=month, first_on=window.first_on, last_on=window.last_on, due_on=due_on,
        locks_on=due_on + timedelta(days=5), opened_at=periods.start_of_day(window.first_on),
    )  # fmt: skip


def answer(province, duty: Obligation, rows: Rows) -> None:
    """What the agency did that month, as the duty's facts and as the rows that they follow from."""
    chance, lot, person = province.chance, province.chance.randrange(100), province.people[duty.agency_id][0]
    if lot < STILL_OPEN:
        remind(province, duty, person, rows)
    elif lot < STILL_OPEN + NOTHING:
        duty.nothing_at, duty.nothing_by, duty.nothing_reason = moment(duty, 20), person, "Không có hoạt động"
    elif lot < STILL_OPEN + NOTHING + EXEMPT:
        duty.exempt_at, duty.exempt_by = moment(duty, 3), province.staff[Role.REVIEWER]
        duty.exempt_reason = "Đơn vị đang sắp xếp tổ chức"
    else:
        hand_in(province, duty, person, rows)
        if chance.randrange(100) < REMINDED_OF_A_HUNDRED:
            remind(province, duty, person, rows)


def moment(duty: Obligation, days: float) -> datetime:
    return periods.start_of_day(duty.period.first_on) + timedelta(days=days, hours=9)


def hand_in(province, duty: Obligation, person, rows: Rows) -> None:
    """One or two products; what would come after the running month began has not happened yet."""
    now = periods.start_of_day(province.this_month)
    items = [
        item
        for number in range(1 + (province.chance.randrange(100) < TWO_PRODUCTS))
        for item in product_of(province, duty, person, number, now, rows)
    ]
    accepted = sorted((item for item in items if item.status in ("approved", "published")), key=by_submission)
    waiting = [item.submitted_at for item in items if item.status == "submitted"]
    duty.first_submitted_at = min((item.submitted_at for item in items), default=None)
    duty.open_submission_at, duty.accepted_count = min(waiting, default=None), len(accepted)
    decided = [item.decided_at - item.submitted_at for item in items if item.decided_at]
    duty.province_time = sum(decided, timedelta())
    if accepted:
        duty.met_at, duty.accepted_at = accepted[0].submitted_at, accepted[0].decided_at
        duty.met_on = periods.local_day(duty.met_at)


def by_submission(item: ContentItem) -> datetime:
    return item.submitted_at


def product_of(province, duty, person, number: int, now: datetime, rows: Rows) -> Iterator[ContentItem]:
    """One product with its version, decision and post; nothing when it would come after `now`."""
    chance = province.chance
    is_late = chance.randrange(100) < LATE_OF_A_HUNDRED
    days = (duty.due_on - duty.period.first_on).days
    at = moment(duty, days + 1 + chance.random() * 3 if is_late else 4 + chance.random() * (days - 6))
    if at >= now:
        return
    item = ContentItem(
        obligation=duty, agency_id=duty.agency_id, kind=chance.choice(("news", "article", "video")),
        title=f"Sản phẩm {number + 1} tháng {duty.period.month:%m/%Y} của {duty.agency_name}"[:200], body=BODY,
        link=f"https://www.facebook.com/donvi{duty.agency_id}/posts/{chance.getrandbits(48)}", responsible="Người đo",
        topic=province.topics[duty.period.month], is_shareable=chance.randrange(100) < 5, version=1,
        idempotency_key=province.key(), created_at=at - DAY / 4, created_by=person, submitted_at=at,
        submitted_by=person, status="submitted",
    )  # fmt: skip
    item.title_norm = text.fold(item.title)
    version = ContentVersion(
        item=item, number=1, kind=item.kind, title=item.title, body=BODY, link=item.link, responsible="Người đo",
        submitted_at=at, submitted_by=person, is_declared=True, link_key=item.link.removeprefix("https://www."),
        body_hash=f"{chance.getrandbits(256):064x}",
    )  # fmt: skip
    decide(province, item, version, now, rows)
    rows.items.append(item)
    rows.versions.append(version)
    yield item


def decide(province, item, version, now: datetime, rows: Rows) -> None:
    """The province's decision a day or two later, and the post after it, unless that lies in the future."""
    chance, reviewer = province.chance, province.staff[Role.REVIEWER]
    at = item.submitted_at + DAY * (0.3 + chance.random() * 2)
    if at >= now:
        return
    is_rejected = chance.randrange(100) < REJECTED_OF_A_HUNDRED
    item.decided_at = version.decided_at = at
    item.status, version.is_accepted = ("rejected" if is_rejected else "approved"), not is_rejected
    decision = Decision(item=item, version=version, actor=reviewer, act="approve", at=at)
    if is_rejected:
        decision.act, decision.code, decision.note = "reject", "quality", "Ảnh mờ, không dùng được."
    rows.decisions.append(decision)
    own = province.channels[item.agency_id]
    published_at = at + DAY * chance.random()
    is_kept = now - at < FRESH and chance.randrange(100) < 20
    if is_rejected or is_kept or not own or published_at >= now:
        return
    item.status, item.published_at = "published", published_at
    rows.posts.append(
        Publication(
            item=item,
            channel=chance.choice(own),
            url=item.link,
            published_at=published_at,
            recorded_at=published_at,
            recorded_by=reviewer,
        )  # fmt: skip
    )


def remind(province, duty: Obligation, person, rows: Rows) -> None:
    """The reminder five working days before the day: on the portal and by an e-mail that arrived."""
    at = periods.start_of_day(duty.due_on - timedelta(days=7)) + timedelta(hours=7)
    if at >= periods.start_of_day(province.this_month):
        return
    message = OutgoingMessage(
        recipient=person, address=person.email, purpose="reminder", subject="Nhắc nộp sản phẩm tháng", text=MAIL,
        key=province.key(), state="accepted", created_at=at, next_at=at, accepted_at=at, attempt=1,
    )  # fmt: skip
    known = {"obligation": duty, "step": "T-5", "person": person, "due_at": at, "planned_at": at, "state": "queued"}
    rows.messages.append(message)
    rows.reminders += [Reminder(medium="email", message=message, **known), Reminder(medium="in_app", **known)]
    rows.notices.append(
        Notice(
            recipient=person,
            text="Đơn vị còn một sản phẩm tháng này",
            url="/viec/",
            created_at=at,
            key=f"reminder:{duty.agency_id}:{duty.period.month}",
            read_at=at + DAY if at.day % 3 else None,
        )  # fmt: skip
    )
