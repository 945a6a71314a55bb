"""Days, numbers and words as Vietnamese offices write them."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import formats
from django.utils.translation import gettext

from portal.badges import BADGES
from portal.lib import wording
from portal.templatetags import portal_tags


class DayForm(forms.Form):
    day = forms.DateField()
    moment = forms.DateTimeField(required=False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("03/04/2026", date(2026, 4, 3)),
        ("21/11/2026", date(2026, 11, 21)),
        ("1/2/2026", date(2026, 2, 1)),
        ("05-10-2026", date(2026, 10, 5)),
        ("05.10.2026", date(2026, 10, 5)),
        ("2026-10-05", date(2026, 10, 5)),
        ("5/10/26", date(2026, 10, 5)),
    ],
)
def test_a_typed_day_is_day_then_month(typed, meant):
    form = DayForm({"day": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == meant


@pytest.mark.parametrize("typed", ["31/02/2026", "13/13/2026", "hôm nay"])
def test_a_day_that_does_not_exist_says_how_to_write_one(typed):
    form = DayForm({"day": typed})
    assert form.errors["day"] == ["Ngày chưa đúng. Hãy viết dạng ngày/tháng/năm, ví dụ 05/10/2026."]


def test_a_typed_moment_is_hour_then_day():
    form = DayForm({"day": "05/10/2026", "moment": "17:00 05/10/2026"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["moment"].astimezone(UTC) == datetime(2026, 10, 5, 10, 0, tzinfo=UTC)


def test_days_and_numbers_are_shown_as_offices_write_them():
    assert formats.date_format(date(2026, 10, 5)) == "05/10/2026"
    assert formats.date_format(date(2026, 10, 5), "YEAR_MONTH_FORMAT") == "tháng 10/2026"
    assert formats.number_format(1234567) == "1.234.567"
    assert Template("{{ n }}").render(Context({"n": 1234})) == "1.234"


def test_words_of_libraries_are_vietnamese():
    assert gettext("Incorrect password.") == "Mật khẩu chưa đúng. Hãy gõ lại."
    assert gettext("Confirm import") == "Xác nhận nhập"
    assert gettext("Change History") == "Sửa lịch sử"


def test_months_and_moments_in_words():
    assert wording.month_words("2026-10") == wording.month_words(date(2026, 10, 31)) == "tháng 10/2026"
    assert wording.moment_words(datetime(2026, 10, 5, 10, 0, tzinfo=UTC)) == "17:00 05/10/2026"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 18), "hạn hôm nay"),
        (date(2026, 11, 20), "còn 2 ngày làm việc"),
        (date(2026, 11, 23), "còn 3 ngày làm việc"),
        (date(2026, 11, 13), "quá hạn 3 ngày làm việc"),
    ],
)
def test_what_is_left_is_counted_in_working_days(day, words):
    assert wording.days_left_words(day, date(2026, 11, 18), {}) == words


def test_a_weekend_without_working_days_is_said_so():
    words = wording.days_left_words(date(2026, 11, 22), date(2026, 11, 21), {})
    assert words == "còn 1 ngày, không có ngày làm việc"


def test_a_holiday_is_not_counted():
    holiday = {date(2026, 11, 24): False}
    assert wording.days_left_words(date(2026, 11, 25), date(2026, 11, 23), holiday) == "còn 1 ngày làm việc"


def test_phones_in_lists_are_masked():
    assert portal_tags.vn_phone("0912345678") == "0912 345 678"
    assert portal_tags.vn_phone_masked("0912345678") == "0912•••678"
    assert portal_tags.vn_phone("") == portal_tags.vn_phone_masked("") == ""


def test_a_rate_without_denominator_is_a_dash():
    assert portal_tags.percent(None) == "–"
    assert portal_tags.percent(0.874) == "87 %"


def test_every_status_has_icon_and_word():
    for value in BADGES:
        page = Template("{% load portal_tags %}{% badge value %}").render(Context({"value": value}))
        assert "icons.svg#" in page and BADGES[value][2] in page


def test_an_unknown_status_shows_its_own_text():
    page = Template('{% load portal_tags %}{% badge "lạ" %}').render(Context())
    assert "status-calm" in page and "lạ" in page
