"""A province lives through months on a moving clock: verbs act on the portal, plain facts are told to the oracle.

The portal sleeps in some nights, for a day or three, at month ends and over the days around a deadline; offices are founded,
merged and closed, people come and go, work is handed in at any hour. Everything follows from one seed.
"""

import random
import uuid
from datetime import date, datetime, time, timedelta

from django.core import mail

from campaigns import reminders, reorganising
from campaigns.models import Obligation, Recurrence, Reminder
from campaigns.opening import open_periods
from portal.lib.periods import OFFICE_ZONE, local_day
from registry.models import CalendarDay, ContactPoint, ContactRole, SendingSwitch
from registry.plan_file import read_request
from tests import builders

DAY = timedelta(days=1)
WAKES = [(0, 10), (6, 59), (7, 0), (7, 1), (9, 30), (13, 5), (17, 40), (19, 59), (20, 0), (22, 15)]
ROLES = {"f": ContactRole.CHANNEL_ADMIN, "s": ContactRole.SPOKESPERSON, "h": ContactRole.HEAD}


def moment(day, clock=time(9)):
    return datetime.combine(day, clock, tzinfo=OFFICE_ZONE)


class Life:
    """`live()` runs from `first` to `last` and leaves the oracle's ledger beside the portal's."""

    def __init__(self, oracle, actor, wake, *, first, last, agencies, seed):
        self.oracle, self.actor, self.wake, self.first, self.last = oracle, actor, wake, first, last
        self.random, self.queue, self.known, self.size = random.Random(seed), [], set(), agencies
        self.agencies, self.number, self.wakes = {}, 0, 0

    def live(self):
        self.settle_in()
        for now in self.moments():
            self.happen(now)
            self.wake(now)
            self.oracle.wake(now)
            self.wakes += 1
            mail.outbox.clear()
            self.begin_new_duties(now)

    def moments(self):
        """When the portal wakes: some of the hours of a day, none while it is down."""
        down = {day + offset * DAY for day, length in self.outages() for offset in range(length)}
        day = self.first
        while day <= self.last:
            hours = [wake for wake in WAKES if day not in down and (wake == (9, 30) or self.random.random() < 0.5)]
            yield from (moment(day, time(*wake)) for wake in hours)
            day += DAY

    def outages(self):
        """Any day, and on purpose: over the days around a deadline, and over month ends."""
        day = self.first
        while day <= self.last:
            yield day, self.random.choice([1, 1, 2, 3])
            if day.month % 3 == 0:
                yield day.replace(day=4), 2
            if day.month % 4 == 0:
                yield day.replace(day=30), 3
            day += self.random.randint(12, 30) * DAY

    # --- what happens ------------------------------------------------------------------------------------------------

    def at(self, day, act, *args):
        """Put an act at a random second of a day into the queue; acts before today happen at the next waking."""
        clock = time(self.random.randrange(24), self.random.randrange(60), self.random.randrange(60))
        self.queue.append((moment(day, clock), len(self.queue), act, args))

    def happen(self, now):
        """Everything whose hour has come, in its order; an act may put further ones into the queue."""
        while due := sorted(row for row in self.queue if row[0] <= now):
            self.queue.remove(due[0])
            at, _, act, args = due[0]
            act(at, *args)

    def settle_in(self):
        """The first day: agencies with their people, campaigns, days that staff enter, and what will come."""
        start = moment(self.first, time(0, 1))
        for _ in range(self.size):
            self.found(start, None)
        self.enter_swaps()
        for ask in standing_asks():
            self.issue(moment(self.first, time(8, 15)), **ask)
        for offset in range(20, (self.last - self.first).days, 45):
            self.at(self.first + offset * DAY, self.issue_once)
        day = self.first
        while day < self.last:
            day += self.random.randint(4, 14) * DAY
            self.at(
                day, self.random.choice([self.people_move, self.people_move, self.close, self.found_now, self.merge])
            )
            self.at(day + self.random.randint(1, 9) * DAY, self.pause)

    def enter_swaps(self):
        """Staff make an ordinary Friday free and a Saturday worked, some each year, long before."""
        day = self.first + 25 * DAY
        while day < self.last:
            friday = day + (4 - day.weekday()) % 7 * DAY
            for swapped, is_working in ((friday, False), (friday + 8 * DAY, True)):
                CalendarDay.objects.get_or_create(day=swapped, defaults={"is_working": is_working, "note": "Hoán đổi"})
                self.oracle.works[swapped] = is_working
            day += self.random.randint(70, 110) * DAY

    def found_now(self, at):
        self.found(at, local_day(at))

    def found(self, at, founded_on):
        kind = self.random.choice(["so", "xa", "xa"])
        self.number += 1
        agency = builders.make_agency(kind=kind, code=f"R{self.number}", actor=self.actor, founded_on=founded_on)
        self.agencies[agency.code] = agency
        self.oracle.agencies[agency.code] = {"kind": kind, "founded": founded_on or date.min, "closed": None}
        for role in self.random.choice(["f", "ff", "ffh", "fh", "sh", "s", "h", ""]):
            self.join(at, agency, role)
        return agency

    def join(self, at, agency, role, email=""):
        self.number += 1
        email = email or f"nguoi{self.number}@thu.example"
        builders.make_contact(agency, email=email, actor=self.actor, role=ROLES[role], now=at)
        self.oracle.posts.append((agency.code, email, role))

    def people_move(self, at):
        """Somebody leaves, somebody comes; sometimes a person answers for a second agency."""
        agency = self.living()
        rows = list(ContactPoint.objects.confirmed().filter(agency=agency, user__isnull=False).order_by("pk"))
        if rows and self.random.random() < 0.6:
            row = self.random.choice(rows)
            role = next(letter for letter, value in ROLES.items() if value == row.role)
            row.leave(actor=self.actor, on=local_day(at), reason="Chuyển công tác")
            self.oracle.posts.remove((agency.code, row.user.email, role))
        shared = self.random.choice([email for _, email, _ in self.oracle.posts] or [""])
        mine = {email for code, email, _ in self.oracle.posts if code == agency.code}
        takes_two = shared not in mine and self.random.random() < 0.3
        self.join(at, agency, self.random.choice("ffsh"), shared if takes_two else "")

    def living(self):
        return self.agencies[self.random.choice([c for c, a in self.oracle.agencies.items() if a["closed"] is None])]

    def close(self, at):
        if len(self.agencies) > self.size:  # as many as were founded
            agency = self.living()
            agency.close(actor=self.actor, on=local_day(at), reason="Hết nhiệm vụ")
            self.oracle.agencies[agency.code]["closed"] = local_day(at)

    def merge(self, at):
        """One office goes into another; its people go on there, its open work is excused."""
        old, new = self.living(), self.living()
        if old == new or old.kind != new.kind:
            return
        request = {"kind": "merge", "on": local_day(at).isoformat(), "decision": "Nghị quyết 1", "from": [old.slug]}
        row = reorganising.prepare(read_request(request | {"to": new.slug}), actor=self.actor, now=at)
        reorganising.run(row, actor=self.actor, now=at)
        self.oracle.merge_away(old.code, local_day(at))
        went = [(email, role) for code, email, role in self.oracle.posts if code == old.code]
        self.oracle.posts = [post for post in self.oracle.posts if post[0] != old.code]
        there = {(email, role) for code, email, role in self.oracle.posts if code == new.code}
        self.oracle.posts += [(new.code, *pair) for pair in went if pair not in there]

    def pause(self, at):
        """Staff hold everything back for some hours or days."""
        SendingSwitch.pause(actor=self.actor, reason="Kiểm tra máy chủ thư", now=at)
        self.oracle.paused = True
        self.queue.append((at + self.random.randint(1, 60) * timedelta(hours=1), len(self.queue), self.resume, ()))

    def resume(self, at):
        if self.oracle.paused:  # else another pause was released meanwhile
            SendingSwitch.resume(actor=self.actor, now=at)
            self.oracle.paused = False

    # --- campaigns and duties ----------------------------------------------------------------------------------------

    def issue_once(self, at):
        """A dispatch asks one thing by a day; sometimes the campaign is ended before."""
        start = local_day(at)
        kinds = self.random.choice([("so",), ("xa",), ("so", "xa")])
        once, strict = start + self.random.randint(9, 40) * DAY, self.random.random() < 0.5
        steps = self.random.choice([(-5, -1, 1, 3), (-3, 0, 2), (-10, -2, -1, 3)])
        campaign = self.issue(at, kinds=kinds, start=start, once=once, strict=strict, lock=9, steps=steps)
        if self.random.random() < 0.3:
            self.at(start + self.random.randint(10, 50) * DAY, self.end_campaign, campaign)

    def issue(self, at, *, kinds, start=None, once=None, day=None, next=True, strict=False, from_day=1, lock=5, steps):
        """A campaign with one requirement, in force from `at`; its periods are opened at once, as the page does."""
        self.number += 1
        name, start = f"Yêu cầu {self.number}", start or self.first
        campaign = builders.make_campaign(actor=self.actor, title=f"Đợt {self.number}", starts_on=start)
        facts = {"recurrence": Recurrence.ONCE, "due_on": once} if once else {"due_day": day, "due_next_month": next}
        facts |= {"window_start_day": from_day, "lock_after_days": lock, "is_strict": strict}
        builders.monthly(campaign, title=name, addressed_kinds=list(kinds), reminder_steps=list(steps), **facts)
        campaign.issue(actor=self.actor, now=at)
        open_periods(local_day(at), campaign=campaign, now=at)
        ask = {"kinds": kinds, "start": start, "once": once, "day": day, "next": next, "strict": strict}
        ask |= {"from_day": from_day, "lock": lock, "steps": steps, "issued": at, "over": False, "known": set()}
        self.oracle.asks[name] = ask
        self.oracle.open_windows(local_day(at), at)
        self.begin_new_duties(at)
        campaign.asked = name
        return campaign

    def end_campaign(self, at, campaign):
        campaign.close(actor=self.actor, reason="Xong", now=at)
        self.oracle.asks[campaign.asked]["over"] = True

    def begin_new_duties(self, now):
        """Every duty gets its fate when it opens."""
        for duty in Obligation.objects.exclude(pk__in=self.known).select_related("requirement", "period", "agency"):
            self.known.add(duty.pk)
            days = max((duty.due_on - local_day(now)).days + 8, 2)
            day = local_day(now) + self.random.randrange(1, days) * DAY
            fates = [self.hand_in] * 6 + [self.report_nothing, self.exempt, self.extend, self.nudge] + [None] * 3
            if fate := self.random.choice(fates):
                self.at(day, fate, duty.pk)

    def duty(self, pk, at):
        """The row as it is now with what the oracle knows of it; None where nothing can be done any more."""
        row = Obligation.objects.select_related("requirement__campaign", "period", "agency").get(pk=pk)
        known = self.oracle.duties[row.requirement.title, row.period.first_on, row.agency.code]
        ended = row.agency.status == "closed" or row.is_locked(local_day(at)) or not row.is_open_work
        return (None, known) if ended else (row, known)

    def hand_in(self, at, pk):
        """A product comes; some days later it is accepted, sent back and mended, or refused."""
        row, known = self.duty(pk, at)
        if row:
            item = builders.submit_item(row, actor=self.actor, now=at, body=f"Bài {uuid.uuid4()}")
            known["state"] = "waiting"
            self.at(local_day(at) + self.random.randint(1, 6) * DAY, self.decide, item, known)

    def decide(self, at, item, known):
        accepted = self.random.random() < 0.6
        if accepted:
            item.approve(actor=self.actor, version=item.version, now=at)
        else:
            item.reject(actor=self.actor, version=item.version, code="topic", note="Không đúng chủ đề.", now=at)
        known["state"] = "done" if accepted else "open"
        if not accepted and self.random.random() < 0.7:
            self.at(local_day(at) + self.random.randint(1, 8) * DAY, self.hand_in, item.obligation_id)

    def report_nothing(self, at, pk):
        row, known = self.duty(pk, at)
        if row:
            row.report_nothing(actor=self.actor, reason="Không phát sinh", now=at)
            known["state"] = "done"

    def exempt(self, at, pk):
        row, known = self.duty(pk, at)
        if row:
            row.exempt(actor=self.actor, reason="Công văn 1", now=at)
            known["state"] = "done"

    def extend(self, at, pk):
        row, known = self.duty(pk, at)
        if row:
            until = max(row.last_day, local_day(at)) + self.random.randint(2, 15) * DAY
            row.extend(actor=self.actor, until=until, reason="Mưa lũ")
            known["extended"] = until

    def nudge(self, at, pk):
        """Staff press "Nhắc ngay"."""
        row, _ = self.duty(pk, at)
        if row and row.requirement.campaign.status == "issued":
            reminders.remind_now(actor=self.actor, obligations=[row], now=at)
            key = row.requirement.title, row.period.first_on, row.agency.code
            self.oracle.tell([(key, (at, f"nhac-{local_day(at):%Y-%m-%d}", False))], at)

    # --- what the portal did -----------------------------------------------------------------------------------------

    def ledger(self):
        """The portal's ledger in the oracle's words."""
        rows = Reminder.objects.filter(medium="email").select_related(
            "obligation__requirement", "obligation__period", "obligation__agency", "person", "message"
        )
        return {
            (
                row.obligation.requirement.title,
                row.obligation.period.first_on,
                row.obligation.agency.code,
                row.step,
                f"{row.person.username}@thu.example",  # the address itself is erased when the person is long gone
            ): [row.planned_at, fate_of(row)]
            for row in rows
        }


def fate_of(row):
    """How a row of the ledger ended: left at a minute, gave way, was met, or still waits."""
    if row.state != "queued":
        return row.state
    sent = row.message.accepted_at
    return f"sent {sent.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}" if sent else "waiting"


def standing_asks():
    """The monthly quota; a window from the 15th with a strict day; the 30th of every month, also in February."""
    yield {"kinds": ("so", "xa"), "day": 5, "steps": (-5, -1, 1, 3)}
    yield {"kinds": ("xa",), "day": 20, "next": False, "strict": True, "from_day": 15, "lock": 7, "steps": (-3, 0, 2)}
    yield {"kinds": ("so",), "day": 30, "next": False, "lock": 3, "steps": (-5, -1, 1, 3)}
