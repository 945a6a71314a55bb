"""Figures of posts by channel, topic and agency: against a count by hand, on the screen and in the file."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from campaigns import publication_figures as posts
from campaigns.models import Obligation, Publication, Topic
from campaigns.spans import parse_span
from tests.builders import (
    STARTS_ON,
    TODAY,
    approve_item,
    issue_monthly_campaign,
    make_agency,
    make_channel,
    moment,
    quota_of,
    submit_item,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(reviewer):
    """Two agencies: the first has one product on two channels, the second one on its own, next month."""
    one, other = make_agency("Sở Một", actor=reviewer), make_agency("Ủy ban nhân dân xã Hai", kind="xa", actor=reviewer)
    issue_monthly_campaign(actor=reviewer)
    first, second = (make_channel(agency, actor=reviewer, name=f"Trang {agency}") for agency in (one, other))
    topic = Topic.objects.create(month=STARTS_ON, title="Phòng cháy rừng", created_by=reviewer)
    item = approve_item(submit_item(quota_of(one), actor=reviewer, topic=topic), actor=reviewer)
    late = approve_item(submit_item(quota_of(other), actor=reviewer), actor=reviewer)
    rows = [
        publish(item, first, reviewer, date(2026, 9, 20)),
        publish(item, second, reviewer, date(2026, 9, 30)),
        publish(late, second, reviewer, date(2026, 10, 1)),
    ]
    for day, views, likes in ((date(2026, 10, 3), 300, None), (date(2026, 10, 2), 100, 7)):
        rows[0].note_figures(actor=reviewer, measured_on=day, views=views, likes=likes)
    rows[2].note_figures(actor=reviewer, measured_on=date(2026, 10, 4), views=5, shares=2)
    return rows


def publish(item, channel, reviewer, day):
    url = f"https://www.facebook.com/kenh/posts/{item.pk}{channel.pk}"
    return item.publish(actor=reviewer, channel=channel, url=url, published_at=moment(day, 23), now=moment(day, 23))


def lines(label, name):
    rows = posts.posted_in(Publication.objects.all(), parse_span(label))
    return [
        (line.label, line.about, line.posts, line.measured, line.views, line.likes, line.shares)
        for line in posts.lines_by(rows, posts.grouping_of(name))
    ]


def test_posts_are_grouped_with_what_was_noted_last(posted):
    assert lines("2026-09", "kenh") == [
        ("Trang Sở Một", "Trang Facebook", 1, 1, 300, None, None),
        ("Trang Ủy ban nhân dân xã Hai", "Trang Facebook", 1, 0, None, None, None),
    ]
    assert lines("2026", "noi-dung") == [
        ("Phòng cháy rừng", "09/2026", 2, 1, 300, None, None),
        (posts.NO_TOPIC, "", 1, 1, 5, None, 2),
    ]
    assert lines("2026-Q4", "don-vi") == [("Ủy ban nhân dân xã Hai", "UBND xã", 1, 1, 5, None, 2)]
    whole = posts.total(posts.lines_by(Publication.objects.all(), posts.GROUPINGS[0]))
    assert (whole.posts, whole.measured, whole.views, whole.likes, whole.shares) == (3, 2, 305, None, 2)


@pytest.mark.parametrize("name", ["kenh", "noi-dung", "don-vi"])
def test_the_file_has_the_rows_of_the_screen(client_for, leader, posted, name):
    client, asked = client_for(leader), {"ky": "2026", "theo": name}
    answer = client.get(reverse("publication_figures"), asked)
    shown = [[heading, *(cell[0] for _, cell in cells)] for _, heading, cells in answer.context["rows"]]
    data = b"".join(client.get(reverse("publication_figures"), asked | {"dang": "xlsx"}).streaming_content)
    sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name("Lượt đăng").to_python()
    start = next(index for index, row in enumerate(sheet) if "Lượt xem" in row) + 1
    filed = [
        [f"{cell:.0f}" if isinstance(cell, float) else cell for cell in row] for row in sheet[start:][: len(shown)]
    ]
    assert filed == shown and [row[0] for row in sheet[start + len(shown) :]][0] == "Tổng cộng"


def test_the_page_narrows_by_agency_and_starts_with_this_month(client_for, leader, posted):
    client, url = client_for(leader), reverse("publication_figures")
    page = client.get(url, {"thang": "2026-09", "theo": "don-vi", "q": "so mot"}).text
    assert "Sở Một</a>" in page and "xã Hai" not in page
    assert "Kỳ này chưa có lượt đăng nào" in client.get(url, {"ky": "2025-03"}).text
    assert client.get(url, {"ky": "khong-phai-ky"}).status_code == 200


def test_the_page_costs_the_same_with_one_post_and_with_four(client_for, leader, reviewer, django_assert_num_queries):
    client, url = client_for(leader), f"{reverse('publication_figures')}?ky=2026-09&theo=don-vi"
    for count in range(4):
        agency = make_agency(actor=reviewer)
        issue_monthly_campaign(actor=reviewer)
        duty = Obligation.objects.quota().filter(agency=agency).first()
        item = approve_item(submit_item(duty, actor=reviewer), actor=reviewer)
        post = publish(item, make_channel(agency, actor=reviewer), reviewer, TODAY)
        post.note_figures(actor=reviewer, measured_on=TODAY + timedelta(days=1), views=count)
        if count in (0, 3):
            with django_assert_num_queries(7):
                client.get(url)
