"""Figures of scans by month, channel and agency against counts by hand, and where printed codes hang."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns import scan_figures
from campaigns.figures import months_of_grid
from campaigns.spans import parse_span
from registry.models import Channel, PrintedCode, ScanDay
from tests.builders import NOW, TODAY, make_channel, moment, put_up

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def channels(health, other_agency, reviewer):
    """Two channels of Sở Y tế and one of the commune; a new one nobody ever scanned."""
    return [
        make_channel(agency, actor=reviewer, name=name)
        for agency, name in ((health, "Y tế 1"), (health, "Y tế 2"), (other_agency, "Xã"), (health, "Y tế 3"))
    ]


@pytest.fixture
def scanned(channels):
    first, second, commune, _ = channels
    for channel, day, times in (
        (first, date(2026, 9, 30), 2), (first, date(2026, 9, 1), 1), (first, date(2026, 8, 31), 4),
        (first, date(2025, 9, 30), 9), (second, date(2026, 10, 1), 5), (commune, date(2026, 9, 2), 6),
    ):  # fmt: skip
        ScanDay.objects.create(channel=channel, day=day, count=times)
    return channels


def lines(label, name):
    grouping = next(one for one in scan_figures.GROUPINGS if one.name == name)
    return [
        (line.label, line.about, line.scans, line.before)
        for line in scan_figures.lines_by(ScanDay.objects.all(), grouping, parse_span(label))
    ]


def test_channels_and_agencies_stand_with_the_span_and_the_one_before(scanned):
    assert lines("2026-09", "kenh") == [
        ("Xã", "Ủy ban nhân dân xã Suối Mơ", 6, 0),
        ("Y tế 1", "Sở Y tế", 3, 4),
    ]
    assert lines("2026-Q4", "don-vi") == [
        ("Sở Y tế", "Sở, cơ quan thuộc UBND tỉnh", 5, 7),
        ("Ủy ban nhân dân xã Suối Mơ", "UBND xã", 0, 6),
    ]
    assert lines("2026", "don-vi")[0] == ("Sở Y tế", "Sở, cơ quan thuộc UBND tỉnh", 12, 9)


def test_a_channel_that_moved_takes_its_scans_along(scanned, other_agency, reviewer):
    scanned[0].rehome(actor=reviewer, agency=other_agency, reason="Sáp nhập")
    assert lines("2026-09", "don-vi") == [("Ủy ban nhân dân xã Suối Mơ", "UBND xã", 9, 4)]


def test_months_of_an_agency_and_the_places_of_its_codes(scanned, health, reviewer):
    put_up(scanned[0], actor=reviewer)
    put_up(scanned[0], actor=reviewer, place="Nhà văn hoá").take_down(actor=reviewer, now=NOW)
    found = scan_figures.by_channel(
        ScanDay.objects.all(), PrintedCode.objects.all(), Channel.objects.filter(agency=health).order_by("pk"),
        months_of_grid(SEPTEMBER),
    )  # fmt: skip
    assert [(line.name, line.counts[-2:], line.total, line.places) for line in found] == [
        ("Y tế 1", [4, 3], 7, 1),
        ("Y tế 2", [0, 0], 0, 0),
        ("Y tế 3", [0, 0], 0, 0),
    ]
    assert scan_figures.by_month(found) == [0] * 10 + [4, 3]


def test_a_closed_channel_stays_while_its_code_is_scanned_or_hangs(scanned, health, reviewer):
    for channel in (scanned[0], scanned[1], scanned[3]):
        channel.close(actor=reviewer, reason="Đóng")
    found = scan_figures.by_channel(
        ScanDay.objects.all(), PrintedCode.objects.all(), Channel.objects.filter(agency=health), [SEPTEMBER]
    )
    assert [line.name for line in found] == ["Y tế 1"]


def test_codes_that_hang_and_were_not_scanned(scanned, reviewer):
    for channel in scanned:
        put_up(channel, actor=reviewer)
    found = scan_figures.unused(PrintedCode.objects.all(), ScanDay.objects.all(), parse_span("2026-09"))
    assert [code.channel.name for code in found.order_by("pk")] == ["Y tế 2", "Y tế 3"]
    assert not scan_figures.unused(PrintedCode.objects.all(), ScanDay.objects.all(), parse_span("2026-08")).exists()


def test_each_question_is_one_query_however_many_channels(scanned, channels):
    counts = []
    for some in ([channels[0]], channels):
        rows = ScanDay.objects.filter(channel__in=some)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            scan_figures.by_channel(rows, PrintedCode.objects.all(), some, [SEPTEMBER])
            scan_figures.lines_by(rows, scan_figures.GROUPINGS[0], parse_span("2026"))
        counts.append(len(asked))
    assert counts == [3, 3]


class TestPrintedCode:
    def test_the_same_note_twice_is_one_row_and_another_day_is_refused(self, channels, reviewer, health_focal):
        first = put_up(channels[0], actor=health_focal, place="Chợ  Trung tâm")
        assert put_up(channels[0], actor=health_focal, place="chợ trung tâm") == first
        for other in ({"on": date(2026, 9, 9)}, {"actor": reviewer}):
            with pytest.raises(ValidationError, match="Mã đã ghi là treo ở đây từ 10/09/2026"):
                put_up(channels[0], **{"actor": health_focal, "place": "Chợ Trung tâm"} | other, now=NOW)
        assert (first.place, first.posted_by, first.posted_at) == (
            "Chợ Trung tâm",
            health_focal,
            moment(date(2026, 9, 10)),
        )

    def test_it_may_hang_there_again_after_it_was_taken_down(self, channels, reviewer):
        code = put_up(channels[0], actor=reviewer)
        code.take_down(actor=reviewer, now=NOW)
        assert (code.removed_on, code.removed_by, code.removed_at) == (TODAY, reviewer, NOW)
        with pytest.raises(ValidationError, match="đã ghi là gỡ ngày 16/09/2026"):
            code.take_down(actor=reviewer, now=NOW)
        assert put_up(channels[0], actor=reviewer) != code
        assert PrintedCode.objects.hanging().count() == 1

    def test_not_before_the_channel_is_official_nor_tomorrow_nor_nowhere(self, health, health_focal, channels):
        proposed = make_channel(health, actor=health_focal, confirmed=False)
        with pytest.raises(ValidationError, match="kênh đã xác nhận"):
            put_up(proposed, actor=health_focal)
        with pytest.raises(ValidationError, match="không thể sau hôm nay"):
            put_up(channels[0], actor=health_focal, on=date(2026, 9, 17), now=NOW)
        with pytest.raises(ValidationError):
            put_up(channels[0], actor=health_focal, place=" \u200b ")

    def test_only_the_own_agency_and_staff_see_it(self, channels, health_focal, other_focal, leader):
        put_up(channels[0], actor=health_focal)
        seen = [PrintedCode.objects.visible_to(one).count() for one in (health_focal, other_focal, leader)]
        assert seen == [1, 0, 1]

    @pytest.mark.parametrize(
        "fault",
        [
            {"place": "", "place_norm": ""},
            {"removed_on": TODAY},
            {"removed_on": date(2026, 9, 1), "removed_at": NOW, "by": True},
            {"twin": True},
        ],
        ids=str,
    )
    def test_the_database_refuses_what_cannot_be(self, channels, reviewer, fault):
        code = put_up(channels[0], actor=reviewer)
        values = {name: value for name, value in fault.items() if name not in ("by", "twin")}
        values |= {"removed_by": reviewer} if fault.get("by") else {}
        with pytest.raises(IntegrityError), transaction.atomic():
            if fault.get("twin"):
                code.pk = None
                code.save(force_insert=True)
            PrintedCode.objects.filter(pk=code.pk).update(**values)
