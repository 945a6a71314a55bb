"""Re-confirmation: when channels ask, whom they ask, what settles it, and what the public and the province see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import catching_up, reconfirming, reminders, reorganising
from campaigns.links import make_token
from campaigns.models import Answer, Campaign, Obligation, Outcome, Period, Reminder, Requirement, RoundChannel
from campaigns.my_work import work_of
from campaigns.opening import open_periods
from campaigns.wording import duty_words
from portal.lib.periods import local_day
from portal.ticking import tick
from registry import confirming
from registry.models import Channel, ChannelChange
from registry.plan_file import read_request
from tests import builders
from tests.builders import moment

pytestmark = pytest.mark.django_db

CONFIRMED_ON = date(2026, 1, 7)
"""A Wednesday: the day on which `make_channel` confirms."""
GROUP_ASKS = CONFIRMED_ON + timedelta(days=90)
PUBLIC_ASKS = CONFIRMED_ON + timedelta(days=180)
DAY = timedelta(days=1)


def page_of(agency, reviewer, number=""):
    return builders.make_channel(agency, actor=reviewer, name=f"Trang {number}".strip())


def group_of(agency, reviewer):
    return builders.make_channel(
        agency, actor=reviewer, kind="zalo_group", name="Nhóm Zalo", url="https://zalo.me/g/nhomthu123"
    )


def ask(day, hour=9):
    return reconfirming.ask_agencies(moment(day, hour))


@pytest.fixture
def page(health, reviewer, health_focal):
    return page_of(health, reviewer)


@pytest.fixture
def asked(page):
    """The round of Sở Y tế about its page, on the first day on which that asks."""
    ask(PUBLIC_ASKS)
    return Obligation.objects.get(is_round=True)


def settled(duty, day, hour=10):
    """The duty after the tick of that day."""
    reconfirming.ask_agencies(moment(day, hour))
    duty.refresh_from_db()
    return duty


def test_the_tick_opens_a_round_and_settles_it(page, health, health_focal):
    assert catching_up.behind(moment(PUBLIC_ASKS)) == {"ask": [health.pk]}
    assert tick(moment(PUBLIC_ASKS)).opened == 1
    duty, day = Obligation.objects.get(is_round=True), PUBLIC_ASKS + timedelta(days=3)
    page.reconfirm(actor=health_focal, on=day, now=moment(day))
    assert catching_up.behind(moment(day, 10)) == {"round": [duty.pk]}
    assert tick(moment(day, 10)).opened == 0
    duty.refresh_from_db()
    assert duty.met_on == day


# --- Days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of_one", "of_many", "edge"),
    [
        (confirming.is_asking, confirming.asks_by, 0),
        (confirming.is_lapsed, confirming.lapsed, 15),
        (confirming.is_neglected, confirming.neglected, 61),
    ],
)
def test_both_forms_agree_on_every_day_around_the_edge(health, reviewer, of_one, of_many, edge):
    channels = {PUBLIC_ASKS: page_of(health, reviewer), GROUP_ASKS: group_of(health, reviewer)}
    for asks, channel in channels.items():
        for shift in range(-3, 4):
            day = asks + timedelta(days=edge + shift)
            found = Channel.objects.filter(of_many(day), pk=channel.pk).exists()
            assert found == of_one(channel, day) == (shift >= 0)


# --- Asking ----------------------------------------------------------------------------------------------------------


def test_nobody_is_asked_before_the_day_and_no_campaign_stands_yet(page):
    assert ask(PUBLIC_ASKS - DAY) == 0
    assert not Campaign.objects.exists()


def test_one_duty_for_all_channels_that_ask_within_two_weeks(health, reviewer, page):
    later = page_of(health, reviewer, "sau")
    Channel.objects.filter(pk=later.pk).update(reconfirmed_on=CONFIRMED_ON + timedelta(days=14))
    latest = page_of(health, reviewer, "sau nữa")
    Channel.objects.filter(pk=latest.pk).update(reconfirmed_on=CONFIRMED_ON + timedelta(days=15))
    assert ask(PUBLIC_ASKS) == 1
    duty = Obligation.objects.get()
    assert {row.channel for row in duty.round_channels.all()} == {page, later}
    assert (duty.required_count, duty.due_on, duty.locks_on) == (
        2,
        PUBLIC_ASKS + timedelta(days=14),
        PUBLIC_ASKS + timedelta(days=60),
    )
    assert duty_words(duty) == "Xác nhận lại kênh định kỳ (2 kênh)"


def test_asking_again_adds_nothing_and_costs_two_queries(asked):
    with CaptureQueriesContext(connection) as queries:
        assert ask(PUBLIC_ASKS, 12) == 0
    assert len(queries) == 2
    assert (Campaign.objects.count(), Requirement.objects.count(), Period.objects.count()) == (1, 1, 1)


def test_missed_nights_count_from_the_day_of_asking(page):
    assert ask(PUBLIC_ASKS + timedelta(days=40)) == 1
    duty = Obligation.objects.get()
    assert duty.due_on == PUBLIC_ASKS + timedelta(days=54)
    assert duty.round_channels.get().asked_on == PUBLIC_ASKS


def test_closed_agencies_and_paused_channels_are_not_asked(page, health, other_agency, reviewer):
    page_of(other_agency, reviewer)
    other_agency.close(actor=reviewer, on=date(2026, 3, 1), reason="Sáp nhập")
    page.suspend(actor=reviewer, reason="Đang xác minh")
    assert ask(PUBLIC_ASKS) == 0


def test_a_channel_that_asks_later_waits_for_the_open_round_and_stands_on_its_page(
    asked, health, reviewer, health_focal
):
    further = page_of(health, reviewer, "mới")
    Channel.objects.filter(pk=further.pk).update(reconfirmed_on=CONFIRMED_ON + timedelta(days=20))
    day = PUBLIC_ASKS + timedelta(days=25)
    assert ask(day) == 0
    card = next(card for card in work_of(health_focal, day).to_do if card.obligation == asked)
    assert card.further == [further]
    kept = reconfirming.still_right(asked, actor=health_focal, now=moment(day))
    assert len(kept) == 2


def test_the_database_refuses_a_second_open_round(asked):
    twin = Obligation.objects.get()
    period = Period.objects.create(
        requirement=asked.requirement, month=date(2026, 9, 1), first_on=date(2026, 8, 1), last_on=date(2026, 8, 15),
        due_on=date(2026, 8, 15), locks_on=date(2026, 9, 30), opened_at=moment(date(2026, 8, 1)),
    )  # fmt: skip
    twin.pk, twin.period = None, period
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.bulk_create([twin])


def test_whoever_is_slower_opens_nothing(asked, health):
    assert reconfirming.ask_once(health.pk, moment(PUBLIC_ASKS)) == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_four_runs_that_all_see_the_need_one_asks(page, health):
    meet = Barrier(4)

    def run(_):
        try:
            seen = reconfirming.asking(PUBLIC_ASKS).exists()
            meet.wait(20)
            return seen, reconfirming.ask_once(health.pk, moment(PUBLIC_ASKS))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(run, range(4)))
    assert [seen for seen, _ in ended] == [True] * 4
    assert sum(count for _, count in ended) <= 1
    ask(PUBLIC_ASKS, 12)
    assert (Obligation.objects.count(), Campaign.objects.count(), RoundChannel.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("fields", [{"answer": "right"}, {"answered_at": moment(PUBLIC_ASKS)}])
def test_an_answer_goes_with_its_time(asked, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundChannel.objects.update(**fields)


def test_a_channel_stands_in_a_round_once(asked, page):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundChannel.objects.create(obligation=asked, channel=page, asked_on=PUBLIC_ASKS)


# --- The standing campaign -------------------------------------------------------------------------------------------


def test_the_standing_campaign_is_one_and_cannot_be_closed(asked, reviewer):
    campaign = Campaign.objects.get()
    again = Campaign.establish(
        actor=reviewer, standing=campaign.standing, title="Khác", purpose="", on=PUBLIC_ASKS, now=moment(PUBLIC_ASKS)
    )
    assert again == (campaign, False)
    with pytest.raises(ValidationError, match="thường trực"):
        campaign.close(actor=reviewer, reason="Nhầm")
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.bulk_create([Campaign(title="Hai", standing=campaign.standing, starts_on=PUBLIC_ASKS,
                                               created_by=reviewer)])  # fmt: skip


def test_the_desk_shows_it_as_standing_and_lets_staff_change_its_reminders(asked, reviewer, client_for):
    browser, campaign = client_for(reviewer), Campaign.objects.get()
    assert "thường trực" in browser.get(reverse("campaign_list")).content.decode()
    shown = browser.get(reverse("campaign", args=[campaign.pk])).content.decode()
    assert "không có công văn" in shown and "Kết thúc đợt" not in shown
    edit = reverse("requirement_edit", args=[asked.requirement_id])
    assert browser.get(edit).status_code == 200
    browser.post(edit, {"guidance": "Xem kỹ từng kênh.", "reminder_steps": "−3, +1"})
    asked.requirement.refresh_from_db()
    assert (asked.requirement.guidance, asked.requirement.reminder_steps) == ("Xem kỹ từng kênh.", [-3, 1])


def test_the_month_of_the_desk_knows_nothing_of_rounds(asked, reviewer, client_for):
    month = asked.period.month
    assert not Obligation.objects.for_month(month).exists()
    assert open_periods(PUBLIC_ASKS).periods == 0
    browser = client_for(reviewer)
    assert browser.get(reverse("desk")).context["figures"].expected == 0
    listed = browser.get(reverse("obligation_list"), {"thang": f"{month:%Y-%m}", "loai": "reconfirm_channels"})
    assert [row for row, _ in listed.context["rows"]] == [asked]
    assert browser.get(reverse("obligation_desk", args=[asked.pk])).status_code == 200


# --- Answers ---------------------------------------------------------------------------------------------------------


def still_right(channel, actor, now):
    channel.reconfirm(actor=actor, on=local_day(now), now=now)


def changed(channel, actor, now):
    ChannelChange.propose(actor=actor, channel=channel, name="Tên mới của trang", note="Đổi tên", now=now)


def given_up(channel, actor, now):
    channel.give_up(actor=actor, reason="Không dùng nữa", now=now)


def suspended(channel, actor, now):
    channel.suspend(actor=actor, reason="Đang xác minh")


def closed(channel, actor, now):
    channel.close(actor=actor, reason="Thôi dùng", on=local_day(now))


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        (still_right, Answer.RIGHT),
        (changed, Answer.CHANGED),
        (given_up, Answer.DROPPED),
        (suspended, Answer.SUSPENDED),
        (closed, Answer.CLOSED),
    ],
)
def test_every_answer_settles_the_duty_wherever_it_was_given(asked, page, health_focal, act, answer):
    day = PUBLIC_ASKS + timedelta(days=3)
    act(page, health_focal, moment(day))
    duty = settled(asked, day)
    assert (duty.round_channels.get().answer, duty.met_on, duty.outcome()) == (answer, day, Outcome.ON_TIME)
    assert reconfirming.ask_agencies(moment(day, 11)) == 0


@pytest.mark.parametrize(
    ("act", "take_back"),
    [
        (changed, lambda page, actor, now: page.changes.get().withdraw(actor=actor, now=now)),
        (given_up, lambda page, actor, now: page.keep_after_all(actor=actor, now=now)),
        (suspended, lambda page, actor, now: page.resume(actor=actor)),
    ],
)
def test_an_answer_taken_back_opens_the_duty_again(asked, page, health_focal, act, take_back):
    day = PUBLIC_ASKS + timedelta(days=3)
    act(page, health_focal, moment(day))
    assert settled(asked, day).met_at
    page.refresh_from_db()
    take_back(page, health_focal, moment(day + DAY))
    duty = settled(asked, day + DAY)
    assert (duty.met_at, duty.round_channels.get().answer) == (None, "")
    still_right(page, health_focal, moment(day + 2 * DAY))
    assert settled(asked, day + 2 * DAY).met_on == day + 2 * DAY


def test_one_answer_of_two_does_not_meet_it(health, reviewer, page, health_focal):
    second = page_of(health, reviewer, "hai")
    ask(PUBLIC_ASKS)
    duty = Obligation.objects.get()
    still_right(page, health_focal, moment(PUBLIC_ASKS + DAY))
    assert (settled(duty, PUBLIC_ASKS + DAY).accepted_count, duty.outcome()) == (1, Outcome.MISSING)
    late = duty.due_on + DAY
    still_right(second, health_focal, moment(late))
    assert settled(duty, late).outcome() == Outcome.LATE


def test_a_channel_that_moved_away_asks_nothing_more_of_the_agency(asked, page, other_agency, reviewer):
    page.rehome(actor=reviewer, agency=other_agency, reason="Sắp xếp")
    duty = settled(asked, PUBLIC_ASKS + DAY)
    assert (duty.outcome(), duty.exempt_reason) == (Outcome.EXEMPT, "Kênh đã chuyển sang cơ quan khác")
    assert Obligation.objects.get(agency=other_agency, is_round=True).round_channels.get().channel == page


def test_an_exemption_is_not_followed_by_the_same_question(asked, reviewer):
    asked.exempt(actor=reviewer, reason="Đang sắp xếp", now=moment(PUBLIC_ASKS))
    assert ask(PUBLIC_ASKS + timedelta(days=59)) == 0
    assert ask(PUBLIC_ASKS + timedelta(days=60)) == 1
    with pytest.raises(ValidationError, match="chưa xong"):
        asked.take_back_exemption(actor=reviewer, reason="Nhầm")


# --- A year ----------------------------------------------------------------------------------------------------------


def test_a_year_of_one_agency(health, reviewer, health_focal):
    pages = [page_of(health, reviewer, "một"), page_of(health, reviewer, "hai")]
    group = group_of(health, reviewer)
    acts = {
        date(2026, 4, 10): lambda now: [still_right(group, health_focal, now)],
        date(2026, 9, 10): lambda now: [still_right(row, reviewer, now) for row in [*pages, group]],
    }
    asked, told, marked, queued = [], [], [], []
    day = CONFIRMED_ON
    while day < date(2026, 12, 31):
        now = moment(day, 9)
        if day in acts:
            acts[day](now)
        if reconfirming.ask_agencies(now):
            duty = Obligation.objects.latest("pk")
            asked.append((day, duty.required_count, duty.due_on))
        if Obligation.objects.to_remind(day).exists() and reminders.plan(now):
            told.append((day, Reminder.objects.latest("pk").step))
        rows = [Channel.objects.filter(found(day)).count() for found in (confirming.lapsed, confirming.neglected)]
        for count, seen in zip(rows, (marked, queued), strict=True):
            if not seen or seen[-1][1] != count:
                seen.append((day, count))
        day += DAY
    assert asked == [
        (date(2026, 4, 7), 1, date(2026, 4, 21)),
        (date(2026, 7, 6), 3, date(2026, 7, 20)),
        (date(2026, 12, 9), 1, date(2026, 12, 23)),
    ]
    assert told == [
        (date(2026, 7, 13), "T-5"),
        (date(2026, 7, 17), "T-1"),
        (date(2026, 7, 21), "T+1"),
        (date(2026, 7, 23), "T+3"),
        (date(2026, 12, 16), "T-5"),
        (date(2026, 12, 22), "T-1"),
        (date(2026, 12, 24), "T+1"),
        (date(2026, 12, 28), "T+3"),
    ]
    assert marked == [
        (CONFIRMED_ON, 0),
        (date(2026, 7, 21), 2),
        (date(2026, 7, 24), 3),
        (date(2026, 9, 10), 0),
        (date(2026, 12, 24), 1),
    ]
    assert queued == [(CONFIRMED_ON, 0), (date(2026, 9, 5), 2), (date(2026, 9, 8), 3), (date(2026, 9, 10), 0)]
    outcomes = [row.outcome() for row in Obligation.objects.filter(is_round=True).order_by("pk")]
    assert outcomes == [Outcome.ON_TIME, Outcome.LATE, Outcome.MISSING]


# --- Reorganisation --------------------------------------------------------------------------------------------------


def test_a_merge_excuses_the_open_round_and_undo_brings_it_back(health, other_agency, reviewer, page):
    theirs = page_of(other_agency, reviewer)
    ask(PUBLIC_ASKS)
    before = list(Obligation.objects.order_by("pk").values()), list(RoundChannel.objects.order_by("pk").values())
    request = read_request(
        {"kind": "merge", "on": PUBLIC_ASKS.isoformat(), "decision": "Nghị quyết 12/NQ-HĐND",
         "from": [health.slug, other_agency.slug], "to": {"name": "Sở Y tế và Suối Mơ", "code": "YTSM"}}
    )  # fmt: skip
    now = moment(PUBLIC_ASKS + DAY)
    act = reorganising.run(reorganising.prepare(request, actor=reviewer, now=now), actor=reviewer, now=now)
    assert set(Obligation.objects.values_list("exempt_at", flat=True)) == {now}
    reorganising.undo(act.reorganisation, actor=reviewer, now=now)
    after = list(Obligation.objects.order_by("pk").values()), list(RoundChannel.objects.order_by("pk").values())
    assert after == before
    reorganising.run(reorganising.prepare(request, actor=reviewer, now=now), actor=reviewer, now=now)
    assert ask(PUBLIC_ASKS + DAY) == 1
    successor = Obligation.objects.latest("pk")
    assert {row.channel for row in successor.round_channels.all()} == {page, theirs}
    assert successor.agency.name == "Sở Y tế và Suối Mơ"


# --- Pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def due_today(health, reviewer, health_focal):
    """Two channels of Sở Y tế that ask since today, and the round about them."""
    for number in ("một", "hai"):
        page_of(health, reviewer, number)
    Channel.objects.update(reconfirmed_on=timezone.localdate() - timedelta(days=180))
    reconfirming.ask_agencies(timezone.now())
    return Obligation.objects.get(is_round=True)


def test_by_the_signed_link_one_tap_answers_for_all(due_today, health_focal, client_for):
    phone = client_for(None)
    phone.post(reverse("signed_link", args=[make_token(health_focal, due_today)]))
    page = phone.get(reverse("obligation", args=[due_today.pk]))
    shown = page.content.decode()
    assert shown.count("Tất cả vẫn đúng") == 1 and shown.count("btn-primary") == 1
    assert shown.count("Đã đổi") == shown.count("Đã bỏ") == 2
    due_today.refresh_from_db()
    assert due_today.accepted_count == 0
    assert phone.get(reverse("round_right", args=[due_today.pk])).status_code == 405
    phone.post(reverse("round_right", args=[due_today.pk]))
    due_today.refresh_from_db()
    assert due_today.outcome() == Outcome.ON_TIME
    assert set(Channel.objects.values_list("reconfirmed_on", flat=True)) == {timezone.localdate()}
    assert (
        "đã được trả lời trước đó"
        in phone.post(reverse("round_right", args=[due_today.pk]), follow=True).content.decode()
    )


def test_one_changed_one_dropped_by_the_signed_link(due_today, health_focal, client_for):
    phone = client_for(None)
    phone.post(reverse("signed_link", args=[make_token(health_focal, due_today)]))
    first, second = Channel.objects.order_by("pk")
    change, drop = (reverse(name, args=[due_today.pk, row.pk]) for name, row in
                    (("round_change", first), ("round_drop", second)))  # fmt: skip
    assert phone.get(change).status_code == phone.get(drop).status_code == 200
    assert phone.post(drop, {"reason": ""}).context["form"].errors
    phone.post(change, {"name": "Trang đã đổi tên", "note": "Đổi tên đơn vị"})
    phone.post(drop, {"reason": "Không ai quản trị"})
    due_today.refresh_from_db()
    answers = list(due_today.round_channels.order_by("channel__pk").values_list("answer", flat=True))
    assert (answers, due_today.outcome()) == (["changed", "dropped"], Outcome.ON_TIME)


def test_a_round_knows_only_its_own_channels(due_today, world, other_agency, reviewer, health_focal, client_for):
    foreign = page_of(other_agency, reviewer)
    browser = client_for(health_focal)
    assert browser.get(reverse("round_drop", args=[due_today.pk, foreign.pk])).status_code == 404
    assert browser.post(reverse("round_right", args=[due_today.pk]), {"channel": foreign.pk}).status_code == 404
    assert browser.get(reverse("round_drop", args=[world.obligation.pk, foreign.pk])).status_code == 404


def test_after_the_lock_the_card_says_so_and_still_leads_to_the_answer(asked, page, health_focal):
    day = asked.locks_on + DAY
    card = next(card for card in work_of(health_focal, day).to_do if card.obligation == asked)
    assert card.is_missed and card.next_act.url == reverse("obligation", args=[asked.pk])
    assert [row.channel for row in RoundChannel.objects.to_settle(day)] == []
    assert work_of(health_focal, day).missed == []


def test_a_card_that_is_done_says_what_was_answered(asked, page, health_focal):
    still_right(page, health_focal, moment(PUBLIC_ASKS + DAY))
    settled(asked, PUBLIC_ASKS + DAY)
    card = next(card for card in work_of(health_focal, PUBLIC_ASKS + DAY).done if card.obligation == asked)
    assert card.sent == ["Trang: vẫn đúng"]


@pytest.fixture
def neglected(health, other_agency, reviewer, health_focal):
    """Three channels that nobody confirmed for over 60 days after they asked."""
    rows = [page_of(agency, reviewer, n) for n, agency in enumerate((health, health, other_agency))]
    Channel.objects.update(reconfirmed_on=timezone.localdate() - timedelta(days=241))
    return rows


def test_the_desk_counts_and_lists_what_nobody_answered(neglected, reviewer, client_for):
    browser = client_for(reviewer)
    assert browser.get(reverse("desk")).context["further"]["neglected"] == 3
    listed = browser.get(reverse("channels_neglected"))
    assert [(line.channel, line.days) for line in listed.context["lines"]] == [(row, 61) for row in neglected]
    assert listed.context["lines"][0].contact.full_name == "Vi Thị Đầu"


def test_the_list_costs_the_same_for_one_channel_and_for_four(health, reviewer, health_focal, client_for):
    browser, costs = client_for(reviewer), []
    for number in range(4):
        page_of(builders.make_agency(actor=reviewer), reviewer, number)
        Channel.objects.update(reconfirmed_on=timezone.localdate() - timedelta(days=300))
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("channels_neglected"))
        costs.append(len(queries))
    assert costs == [costs[0]] * 4
    assert costs[0] <= 10


@pytest.mark.parametrize(("act", "status"), [("right", "confirmed"), ("suspend", "suspended"), ("close", "closed")])
def test_one_act_for_the_ticked_channels_with_a_result_for_each(neglected, reviewer, client_for, act, status):
    reconfirming.ask_agencies(timezone.now())
    rows = neglected[:2]
    values = {"chon": [row.pk for row in rows], "act": act, "note": "Đã gọi đầu mối sáng nay"}
    page = client_for(reviewer).post(reverse("channels_neglected"), values)
    assert [(result.channel, result.refusal) for result in page.context["results"]] == [(row, "") for row in rows]
    assert {row.status for row in Channel.objects.filter(pk__in=[row.pk for row in rows])} == {status}
    assert "Đã gọi đầu mối sáng nay" in rows[0].history.latest().history_change_reason
    assert Obligation.objects.get(agency=rows[0].agency, is_round=True).met_at


def test_a_refused_channel_does_not_stop_the_others(neglected, reviewer):
    neglected[0].close(actor=reviewer, reason="Thôi dùng")
    results = reconfirming.act_on_many(neglected, reviewer, "right", "Đã gọi", timezone.now())
    assert [bool(result.refusal) for result in results] == [True, False, False]


def test_without_a_note_nothing_is_done(neglected, reviewer, leader, client_for):
    values = {"chon": [neglected[0].pk], "act": "close", "note": ""}
    page = client_for(reviewer).post(reverse("channels_neglected"), values)
    assert "Hãy ghi đã gọi ai" in page.content.decode() and page.context["ticked"] == [str(neglected[0].pk)]
    assert client_for(leader).post(reverse("channels_neglected"), values | {"note": "Đã gọi"}).status_code == 403
    assert Channel.objects.published().count() == 3
