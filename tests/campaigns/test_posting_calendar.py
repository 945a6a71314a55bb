"""The calendar: each post on its office day, what is planned, what waits for a day, and the gaps."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from campaigns import posting_calendar
from campaigns.forms import calendar
from campaigns.models import Connector, PublicationJob, Topic
from campaigns.posting_calendar import Wanted, days_of, gaps_of, runs_of, unscheduled, week_of
from portal.lib.periods import Window, month_window, start_of_day
from registry.models import Channel
from tests.builders import NOW, STARTS_ON, TODAY, approve_item, draft_item, make_channel, moment, submit_item

pytestmark = pytest.mark.django_db
SEPTEMBER = month_window(2026, 9)
ALL = Wanted()


@pytest.fixture
def featured(health, reviewer):
    channel = make_channel(health, actor=reviewer, name="Trang của tỉnh")
    Channel.objects.filter(pk=channel.pk).update(is_featured=True)
    channel.refresh_from_db()
    return channel


def accepted(world, reviewer, title="", **fields):
    return approve_item(submit_item(world.obligation, actor=world.focal, title=title, **fields), actor=reviewer)


def post(world, reviewer, channel, at=NOW, title="", **fields):
    item = accepted(world, reviewer, title, **fields)
    url = f"https://www.facebook.com/kenh/posts/{item.pk}"
    return item.publish(actor=reviewer, channel=channel, url=url, published_at=at, now=NOW)


def plan(item, channel, reviewer, at):
    """A job of a channel with a connector; no key and no network needed."""
    Connector.objects.get_or_create(
        channel=channel,
        defaults={
            "provider": "facebook",
            "account_id": "1",
            "sealed_access_token": "x",
            "is_on": True,
            "changed_by": reviewer,
        },
    )
    return PublicationJob.plan(
        actor=reviewer, item=item, channel=channel, title=item.title, text="Lời", wanted_at=at, now=datetime.now(UTC)
    )


def shown(user, span=SEPTEMBER, wanted=ALL):
    """{day: titles}."""
    return {d.day: [e.title for e in d.entries] for d in days_of(user, span, wanted) if d.entries}


def test_a_post_stands_on_its_office_day(world, reviewer, featured):
    late = start_of_day(date(2026, 9, 10)) + timedelta(hours=23, minutes=59)
    post(world, reviewer, featured, late, "Sát nửa đêm")
    post(world, reviewer, featured, late + timedelta(minutes=1), "Đúng nửa đêm")
    post(world, reviewer, featured, start_of_day(date(2026, 8, 31)), "Tháng trước")
    assert shown(reviewer) == {date(2026, 9, 10): ["Sát nửa đêm"], date(2026, 9, 11): ["Đúng nửa đêm"]}
    assert shown(reviewer, week_of(date(2026, 9, 6))) == {date(2026, 8, 31): ["Tháng trước"]}


def test_a_month_is_shown_in_whole_weeks_whose_other_days_are_marked(reviewer):
    days = days_of(reviewer, SEPTEMBER, ALL)
    assert (days[0].day, days[-1].day, len(days)) == (date(2026, 8, 31), date(2026, 10, 4), 35)
    assert [day.day.day for day in days if day.is_outside] == [31, 1, 2, 3, 4]


def test_planned_posts_stand_beside_those_that_are_there(client_for, world, reviewer, featured):
    later = datetime.now(UTC) + timedelta(days=2)
    job = plan(accepted(world, reviewer, "Bài hẹn giờ"), featured, reviewer, later)
    span = week_of(job.wanted_at.astimezone(start_of_day(TODAY).tzinfo).date())
    assert list(shown(reviewer, span).values()) == [["Bài hẹn giờ"]]
    year, week, _ = span.first_on.isocalendar()
    page = client_for(reviewer).get(f"{reverse('posting')}?tuan={year}-W{week:02d}").text
    assert "Bài hẹn giờ" in page and "Chờ giờ đăng".lower() in page and reverse("job", args=[job.pk]) in page
    job.cancel(actor=reviewer, now=datetime.now(UTC))
    assert shown(reviewer, span) == {}


def test_accepted_products_without_a_day_stand_aside(client_for, world, reviewer, featured):
    waiting = accepted(world, reviewer, "Chưa xếp")
    plan(accepted(world, reviewer, "Đã hẹn"), featured, reviewer, datetime.now(UTC) + timedelta(days=1))
    post(world, reviewer, featured, title="Đã đăng")
    submit_item(world.obligation, actor=world.focal, title="Chờ duyệt")
    draft_item(world.obligation, actor=world.focal, title="Nháp")
    assert list(unscheduled(reviewer, ALL)) == [waiting]
    assert "Nháp" not in client_for(reviewer).get(reverse("posting")).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Một", "Hai"}),
        ("kenh=tinh", {"Một"}),
        ("kenh={channel}", {"Hai"}),
        ("kenh=khong-co", {"Một", "Hai"}),
        ("tim=trang+cua+tinh", {"Một"}),
        ("tim=khong-co", set()),
        ("kenh=tinh&tim={channel}", set()),
        ("khoi=so", {"Một", "Hai"}),
        ("khoi=xa", set()),
        ("noi_dung={topic}", {"Hai"}),
    ],
)
def test_the_calendar_is_narrowed(query, found, client_for, world, reviewer, featured):
    topic = Topic.objects.create(month=STARTS_ON, title="Phòng cháy", created_by=reviewer)
    plain = make_channel(world.agency, actor=reviewer)
    post(world, reviewer, featured, title="Một")
    post(world, reviewer, plain, title="Hai", topic=topic)
    asked = query.format(channel=plain.pk, topic=topic.pk)
    answer = client_for(reviewer).get(f"{reverse('posting')}?thang=2026-09&{asked}")
    assert {entry.title for day, _ in answer.context["days"] for entry in day.entries} == found


def test_gaps_name_days_weeks_agencies_and_topics_without_a_post(world, reviewer, featured, health, other_agency):
    done, silent = (Topic.objects.create(month=STARTS_ON, title=t, created_by=reviewer) for t in ("Có bài", "Chưa có"))
    gaps = gaps_of(reviewer, STARTS_ON)
    assert set(gaps.silent_agencies) == {health, other_agency} and set(gaps.silent_topics) == {done, silent}
    assert gaps.rhythms[0].silent_days == 30 and len(gaps.rhythms[0].silent_weeks) == 5
    for day in (1, 2, 2, 16):
        post(world, reviewer, featured, moment(date(2026, 9, day)), topic=done)
    gaps = gaps_of(reviewer, STARTS_ON)
    assert (gaps.silent_agencies, gaps.silent_topics) == ([other_agency], [silent])
    assert (gaps.rhythms[0].count, gaps.rhythms[0].silent_days) == (4, 27)
    assert gaps.rhythms[0].silent_weeks == [
        Window(date(2026, 9, 7), date(2026, 9, 13)),
        Window(date(2026, 9, 21), date(2026, 9, 27)),
        Window(date(2026, 9, 28), date(2026, 9, 30)),
    ]
    assert gaps.days == [Window(date(2026, 9, 3), date(2026, 9, 15)), Window(date(2026, 9, 17), date(2026, 9, 30))]


def test_runs_of_days():
    days = [date(2026, 9, day) for day in (1, 2, 3, 7)]
    assert runs_of(days) == [Window(days[0], days[2]), Window(days[3], days[3])] and runs_of([]) == []


@pytest.mark.parametrize(
    "asked",
    ["", "thang=2026-13", "tuan=2026-W54", "tuan=2026-W00", "tuan=x'", "thang=2000-01", "thang=2199-12", "tuan=2000-W01",
     "tuan=2199-W52", "tuan=0000-W01", "kenh=1%27&khoi=x&noi_dung=y"],
)  # fmt: skip
def test_nonsense_in_the_address_is_a_calendar_all_the_same(asked, client_for, reviewer):
    assert client_for(reviewer).get(f"{reverse('posting')}?{asked}").status_code == 200


def test_a_full_day_leads_to_its_week(client_for, world, reviewer, featured):
    for number in range(6):
        post(world, reviewer, featured, title=f"Tin số {number}")
    browser = client_for(reviewer)
    page = browser.get(f"{reverse('posting')}?thang=2026-09").text
    assert "Tin số 2" in page and "Tin số 3" not in page and "còn 3 bài" in page
    assert "?tuan=2026-W38#ngay-2026-09-16" in page
    assert "Tin số 5" in browser.get(f"{reverse('posting')}?tuan=2026-W38").text


def test_a_day_of_a_very_full_week_leads_to_the_list_of_posts(client_for, world, reviewer, featured, monkeypatch):
    monkeypatch.setattr(posting_calendar, "SHOWN_A_DAY", 2)
    for number in range(3):
        post(world, reviewer, featured, title=f"Tin số {number}")
    page = client_for(reviewer).get(f"{reverse('posting')}?tuan=2026-W38").text
    assert "Tin số 1" in page and "Tin số 2" not in page and f"{reverse('publication_list')}?thang=2026-09" in page


def test_the_list_of_channels_holds_those_of_the_province_and_the_one_that_is_asked_for(
    client_for, world, reviewer, featured, monkeypatch
):
    plain, joined = (make_channel(world.agency, actor=reviewer, name=name) for name in ("Kênh của xã", "Kênh đã nối"))
    plan(accepted(world, reviewer), joined, reviewer, datetime.now(UTC) + timedelta(days=2))
    post(world, reviewer, plain)
    browser = client_for(reviewer)

    def offered(query=""):
        return [
            words for _, words in browser.get(f"{reverse('posting')}{query}").context["form"].fields["kenh"].choices
        ]

    assert offered() == ["Tất cả", "Các kênh nêu ở trang chủ", featured.name, joined.name]
    assert offered(f"?kenh={plain.pk}")[2:] == [plain.name, featured.name, joined.name]
    monkeypatch.setattr(calendar, "MOST", 1)
    assert offered(f"?kenh={plain.pk}")[2:] == [plain.name]
    assert len(offered("?kenh=99999999999999999999&tim=%00")) == 3


def test_the_calendar_costs_the_same_with_one_post_and_with_four(
    client_for, world, reviewer, featured, django_assert_num_queries
):
    browser = client_for(reviewer)
    for number in range(4):
        post(world, reviewer, featured, title=f"Tin số {number}")
        accepted(world, reviewer)
        Topic.objects.create(month=STARTS_ON, title=f"Nội dung {number}", created_by=reviewer)
        if number in (0, 3):
            for query in ("thang=2026-09", "tuan=2026-W38"):
                with django_assert_num_queries(14):
                    browser.get(f"{reverse('posting')}?{query}")
