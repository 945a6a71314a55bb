"""Lines that tags make at once show what people wrote as text, never as markup."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from campaigns.agency_file import ChannelLine
from campaigns.models import ContentItem
from campaigns.posting_calendar import Day, Entry
from campaigns.scan_figures import ChannelScans
from campaigns.templatetags import agency_tags, calendar_tags
from campaigns.year import Line
from registry.models import Agency, Channel, ContactPoint

BAD = "\"'><b>x&"
SHOWN = "&quot;&#x27;&gt;&lt;b&gt;x&amp;"
TODAY, NOW = date(2026, 9, 16), datetime(2026, 9, 16, 3, tzinfo=UTC)
AGENCY = Agency(pk=1, name=BAD)
ITEM = ContentItem(pk=1, agency=AGENCY, title=BAD, decided_at=NOW, submitted_at=NOW)
ITEM.month, ITEM.named = TODAY, BAD
POST = SimpleNamespace(url=BAD, channel=SimpleNamespace(name=BAD), published_at=NOW)
POSTED = SimpleNamespace(title=BAD, get_kind_display=lambda: BAD, publications=SimpleNamespace(all=lambda: [POST]))
ALONE = SimpleNamespace(title=BAD, get_kind_display=lambda: BAD, publications=SimpleNamespace(all=list))
PERSON = ContactPoint(
    pk=1, full_name=BAD, position=BAD, email=BAD, phone="0912345678", role="focal", status="confirmed"
)
DUTY = SimpleNamespace(
    pk=1, requirement=SimpleNamespace(title=BAD), period=SimpleNamespace(month=TODAY, label="2026-09"), last_day=TODAY,
    extended_to=None, met_on=None, accepted_count=0, required_count=1, extra_count=0, exempt_reason=BAD,
)  # fmt: skip
OPEN = SimpleNamespace(
    pk=1, requirement__kind="submit_content", requirement__title=BAD, period__month=TODAY, required_count=1,
    accepted_count=0, due_on=TODAY, extended_to=None,
)  # fmt: skip
CONTEXT = {"today": TODAY, "can_act": True, "address": BAD, "csrf_token": BAD, "request": None}


def days_with(**fields):
    return [(Day(TODAY, [Entry(NOW, 1, BAD, BAD, BAD, BAD, **fields)], 5, False), "2026-W38")]


def numbers():
    return dict.fromkeys(("views", "likes", "comments", "shares"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lines",
    [
        lambda: calendar_tags.calendar_days(days_with(url=BAD), TODAY, in_week=False, rest=f"&{BAD}"),
        lambda: calendar_tags.calendar_days(days_with(job=1, state="planned"), TODAY, in_week=True, rest=BAD),
        lambda: calendar_tags.agency_links([AGENCY]),
        lambda: calendar_tags.waiting_cards([ITEM], can_act=True),
        lambda: agency_tags.open_duty_cards(CONTEXT, [OPEN]),
        lambda: agency_tags.item_cards([ITEM]),
        lambda: agency_tags.contact_cards(CONTEXT, [PERSON]),
        lambda: agency_tags.channel_cards([ChannelLine(Channel(pk=1, name=BAD), None, False)]),
        lambda: agency_tags.year_duties([(DUTY, DUTY, "missing")]),
        lambda: agency_tags.product_rows([Line(POSTED, 1, TODAY, [BAD], **numbers())]),
        lambda: agency_tags.product_rows([Line(ALONE, 1, TODAY, [BAD], **numbers())]),
        lambda: agency_tags.scan_rows([ChannelScans(1, BAD, [0], 0)], links=False),
    ],
)
def test_markup_in_the_words_of_people_is_shown_as_text(lines):
    made = lines()
    assert SHOWN in made and BAD not in made and "<b>" not in made
