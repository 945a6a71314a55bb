"""Long files: asked for, written once whatever happens to the worker, private, and gone after their days."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile as Bytes
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from campaigns import downloading
from campaigns.views import papers as paper_views
from portal.lib.periods import local_day
from portal.ticking import TickResult, once_a_day
from registry.models import Download, Notice
from registry.models.leased import LEASE, TRIES
from registry.views import exports as export_views
from tests.builders import make_agency
from tests.downloads import asked, made

pytestmark = pytest.mark.django_db
LIST = "/dieu-hanh/tai-ve/"


def rows_of(content):
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.fixture
def broken(monkeypatch):
    """A maker that dies, as a killed worker does: nothing is noted."""

    def die(*args):
        raise RuntimeError("gone")

    monkeypatch.setitem(downloading.MAKERS, "registry", die)


def test_a_file_is_written_once_and_its_owner_told(reviewer, health, client_for):
    now = timezone.now()
    row = asked(reviewer, now=now)
    assert (downloading.make_queued(now), downloading.make_queued(now)) == (1, 0)
    row.refresh_from_db()
    assert row.made_at and row.size and not row.is_running and row.queued_at is None
    browser = client_for(reviewer)
    answer = browser.get(reverse("download_file", args=[row.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="co-quan.xlsx"'
    assert answer["Cache-Control"] == "private, no-store"
    assert any("Sở Y tế" in line for line in rows_of(answer.getvalue()))
    notice = Notice.objects.get(recipient=reviewer)
    assert (notice.text, notice.url) == ("Tệp “Cơ quan” đã sẵn sàng để tải.", LIST)


def test_a_worker_that_fell_silent_is_replaced_and_after_three_tries_the_person_reads_why(reviewer, broken, client_for):
    now = timezone.now()
    row = asked(reviewer, now=now)
    for number in range(TRIES):
        at = now + (LEASE + timedelta(seconds=1)) * number
        assert downloading.make_queued(at, seconds=0.01) == 0
        assert downloading.make_queued(at + timedelta(seconds=30), seconds=0.01) == 0
        row.refresh_from_db()
        assert (row.attempt, row.is_running) == (number + 1, True)
    assert downloading.make_queued(now + (LEASE + timedelta(seconds=1)) * TRIES, seconds=0.01) == 0
    row.refresh_from_db()
    assert row.fault == downloading.GAVE_UP and row.queued_at is None
    assert "Cổng đã thử 3 lần" in client_for(reviewer).get(LIST).content.decode()
    assert Notice.objects.get().text == "Chưa lập được tệp “Cơ quan”. Hãy mở để xem lý do."


def test_the_slower_of_two_workers_keeps_nothing(reviewer):
    now = timezone.now()
    asked(reviewer, now=now)
    slow = Download.claim_next(now)
    quick = Download.claim_next(now + LEASE * 2)
    assert quick.finish(Bytes(b"nhanh"), now) and not slow.finish(Bytes(b"cham"), now) and not slow.renew(now)
    assert Download.objects.get().file.read() == b"nhanh"


def test_somebody_who_lost_the_right_gets_no_file(reviewer):
    now = timezone.now()
    row = asked(reviewer, now=now)
    reviewer.is_active = False
    reviewer.save()
    assert downloading.make_queued(now) == 0
    row.refresh_from_db()
    assert row.fault == downloading.NOT_ALLOWED and not row.file


def test_progress_is_shown_while_it_is_written(reviewer, client_for, monkeypatch):
    monkeypatch.setattr(downloading, "EVERY", 1)
    now = timezone.now()
    asked(reviewer, now=now, row_count=7)
    browser = client_for(reviewer)
    assert "đang chờ đến lượt" in browser.get(LIST).content.decode() and browser.get(LIST)["Refresh"] == "5"
    job = Download.claim_next(now)
    for _ in downloading.noted(job, lambda: now, iter("abc")):
        pass
    assert "Đang lập 3/7 dòng" in browser.get(LIST).content.decode()
    job.finish(Bytes(b"x"), now)
    page = browser.get(LIST)
    assert "đã xong" in page.content.decode() and "Refresh" not in page.headers


def test_a_lost_lease_stops_the_writing(reviewer, monkeypatch):
    monkeypatch.setattr(downloading, "EVERY", 1)
    now = timezone.now()
    asked(reviewer, now=now)
    slow = Download.claim_next(now)
    Download.claim_next(now + LEASE * 2)
    with pytest.raises(downloading.ValidationError, match="Tiến trình khác đã nhận việc này"):
        next(downloading.noted(slow, lambda: now, iter("abc")))


def test_files_go_after_their_days(reviewer, client_for, django_capture_on_commit_callbacks):
    now = timezone.now()
    old, young = made(reviewer, now=now - timedelta(days=8)), made(reviewer, now=now - timedelta(days=6))
    stored = old.file.storage
    browser = client_for(reviewer)
    assert browser.get(reverse("download_file", args=[old.pk])).status_code == 404
    assert browser.get(reverse("download_file", args=[young.pk])).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        once_a_day(TickResult(at=""), now, {})
    assert list(Download.objects.all()) == [young]
    assert not stored.exists(old.file.name) and stored.exists(young.file.name)
    assert downloading.sweep(local_day(now)) == 0


def test_one_can_be_dropped_but_not_while_it_is_written(reviewer, client_for, django_capture_on_commit_callbacks):
    row, browser = made(reviewer), client_for(reviewer)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("download_remove", args=[row.pk]))
    assert not Download.objects.exists() and not row.file.storage.exists(row.file.name)
    running = asked(reviewer)
    Download.claim_next(timezone.now())
    assert "đang được lập" in browser.post(reverse("download_remove", args=[running.pk]), follow=True).content.decode()
    assert Download.objects.exists()


def test_a_long_list_goes_to_the_background_and_a_short_one_comes_at_once(reviewer, health, client_for, monkeypatch):
    browser, url = client_for(reviewer), reverse("export_registry", args=["agencies"])
    assert browser.get(url, {"dang": "xlsx"}).status_code == 200 and not Download.objects.exists()
    monkeypatch.setattr(export_views, "AT_ONCE", 0)
    assert browser.get(url, {"dang": "xlsx", "q": "y tế"})["Location"] == LIST
    row = Download.objects.get()
    assert (row.title, row.row_count) == ("Cơ quan, đơn vị, 1 dòng", 1)
    assert browser.get(url, {"dang": "csv"}).status_code == 200 and Download.objects.count() == 1
    downloading.make_queued(timezone.now())
    row.refresh_from_db()
    assert [line[0] for line in rows_of(row.file.read()) if "Sở Y tế" in line] != []


def test_a_long_report_goes_to_the_background_with_its_filter(world, reviewer, client_for, monkeypatch):
    month = world.obligation.period.label
    make_agency("Sở Khác", actor=reviewer)
    monkeypatch.setattr(paper_views, "AT_ONCE", 0)
    browser, url = client_for(reviewer), reverse("month_report_file", args=[month])
    assert browser.get(url, {"dang": "xlsx", "q": "y tế", "loai": "so"})["Location"] == LIST
    row = Download.objects.get()
    assert "khối Sở, cơ quan thuộc UBND tỉnh, đơn vị có “y tế” trong tên" in row.title
    downloading.make_queued(timezone.now())
    row.refresh_from_db()
    sheet = CalamineWorkbook.from_filelike(BytesIO(row.file.read())).get_sheet_by_name("Theo đơn vị").to_python()
    assert [line[0] for line in sheet if line[0] in ("Sở Y tế", "Sở Khác")] == ["Sở Y tế"]


def test_manage_py_tick_writes_what_waits(reviewer, capsys):
    asked(reviewer)
    call_command("tick")
    assert Download.objects.get().made_at


def test_asked_for_once_with_a_key(reviewer, leader):
    assert asked(reviewer, key="thang-2026-09") and asked(reviewer, key="thang-2026-09") is None
    assert asked(leader, key="thang-2026-09") and asked(reviewer) and asked(reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Download.objects.create(owner=reviewer, kind="a", title="a", name="a", media_type="a", key="thang-2026-09")


@pytest.mark.parametrize(
    "wrong",
    [
        {"made_at": timezone.now()},
        {"file": "tai-ve/x"},
        {"made_at": timezone.now(), "file": "tai-ve/x", "queued_at": timezone.now()},
        {"lease_until": timezone.now()},
        {"lease_token": "6f1d2ab0-0000-4000-8000-000000000001", "lease_until": timezone.now(), "queued_at": None},
    ],
)
def test_half_facts_are_refused_by_the_database(reviewer, wrong):
    row = {"owner": reviewer, "kind": "a", "title": "a", "name": "a", "media_type": "a"} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Download.objects.create(**row)


def test_the_list_costs_the_same_for_one_file_and_for_four(reviewer, client_for, django_assert_num_queries):
    browser = client_for(reviewer)
    for count in (1, 3):
        for _ in range(count):
            made(reviewer)
        with django_assert_num_queries(4):
            browser.get(LIST)


def test_nothing_to_do_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert downloading.make_queued(timezone.now()) == 0
