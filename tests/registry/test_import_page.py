"""The import page: upload or paste, look, confirm once, go on. And what leaves by the export page."""

import json
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.ticking import tick
from registry.importing import background
from registry.importing import plan as plan_module
from registry.importing.background import import_queued
from registry.models import Channel, ContactPoint, Notice, PersonalDataAccess, StagedImport
from registry.models.leased import LEASE
from registry.models.staging import KEPT_FOR
from registry.sheets import KINDS, read_sheet
from registry.sheets.xlsx import read_xlsx
from registry.views import imports
from tests import builders
from tests.registry.sheet_files import FIRST, HEADINGS, SECOND, csv, row, xlsx

pytestmark = pytest.mark.django_db
PAGE = "/dieu-hanh/nhap-du-lieu/"


@pytest.fixture
def browser(client_for, reviewer, health, other_agency):
    return client_for(reviewer)


def upload(browser, content, name="bang.xlsx", **data):
    return browser.post(PAGE, {"file": SimpleUploadedFile(name, content), **data}, follow=True)


def text_of(answer):
    return answer.content.decode()


def test_a_file_is_shown_then_imported_then_done(browser):
    shown = upload(browser, xlsx(HEADINGS, FIRST, SECOND))
    assert Channel.objects.count() == 0
    assert "Trang Facebook “Trang Facebook Sở Y tế” của Sở Y tế" in text_of(shown)
    staged = StagedImport.objects.get()
    done = browser.post(reverse("import_preview", args=[staged.pk]), follow=True)
    assert "Thêm mới 2, thay đổi 0, giữ nguyên 0 dòng." in text_of(done)
    assert (Channel.objects.count(), ContactPoint.objects.count()) == (2, 2)
    staged.refresh_from_db()
    assert (bytes(staged.content), staged.applied_at is not None) == (b"", True)
    assert "Việc tiếp theo" in text_of(done)


def test_a_second_press_does_nothing_more(browser):
    upload(browser, xlsx(HEADINGS, FIRST))
    address = reverse("import_preview", args=[StagedImport.objects.get().pk])
    browser.post(address)
    history = Channel.history.count()
    assert browser.post(address).status_code == 200
    assert (Channel.objects.count(), Channel.history.count()) == (1, history)


def test_a_table_pasted_from_word_is_read(browser):
    pasted = "\n".join("\t".join(map(str, cells)) for cells in (HEADINGS, FIRST))
    shown = browser.post(PAGE, {"pasted": pasted}, follow=True)
    assert "Bảng dán trực tiếp" in text_of(shown)
    assert shown.context["plan"].is_runnable


BAD = row(c5="9,12E+08", c8="https://facebook.com/hai")


def pasted_table(*rows):
    return "\n".join("\t".join(map(str, cells)) for cells in rows)


@pytest.mark.parametrize("table", [pasted_table(HEADINGS, FIRST, BAD), "Một\tHai\nba\tbốn"])
def test_a_pasted_table_with_faults_comes_back_to_be_mended(browser, client_for, administrator, table):
    shown = text_of(browser.post(PAGE, {"pasted": table, "kind": "registrations"}, follow=True))
    address = f"{PAGE}?bang={StagedImport.objects.get().pk}"
    assert f'href="{address}">Sửa lại bảng đã dán</a>' in shown
    assert "tệp khác" not in shown and "tệp rồi tải lại" not in shown
    again = browser.get(address)
    assert again.context["form"]["pasted"].value() == table.strip("\r\n ")
    mended = browser.post(address, {"pasted": pasted_table(HEADINGS, FIRST)}, follow=True)
    assert mended.context["plan"].is_runnable
    assert client_for(administrator).get(address).status_code == 404


def test_only_a_pasted_table_that_waits_can_be_mended(browser):
    shown = upload(browser, xlsx(HEADINGS, FIRST, BAD))
    assert "Tải lại tệp đã sửa" in text_of(shown) and "đã dán" not in text_of(shown)
    assert browser.get(PAGE, {"bang": StagedImport.objects.get().pk}).status_code == 404
    browser.post(PAGE, {"pasted": pasted_table(HEADINGS, FIRST)})
    pasted = StagedImport.objects.latest("pk").pk
    browser.post(reverse("import_preview", args=[pasted]))
    assert browser.get(PAGE, {"bang": pasted}).status_code == 404
    assert browser.get(PAGE, {"bang": "x"}).status_code == 200


def test_refused_rows_are_named_with_line_column_and_sentence(browser):
    shown = upload(browser, xlsx(["Danh sách"], HEADINGS, FIRST, row(c5="9,12E+08", c8="https://facebook.com/hai")))
    page = text_of(shown)
    assert '<td class="number">4</td><td>Số điện thoại</td>' in page
    assert "Xác nhận nhập" not in page
    answer = browser.post(reverse("import_preview", args=[StagedImport.objects.get().pk]), follow=True)
    assert "Bảng còn dòng bị từ chối nên chưa nhập" in text_of(answer)
    assert Channel.objects.count() == 0


def test_refused_rows_leave_as_a_file_with_reasons_that_can_be_mended_and_read_again(browser, health):
    unknown = row(c1="", c2="Sở Y tá", c8="https://facebook.com/ba")
    upload(browser, xlsx(HEADINGS, FIRST, row(c5="9,12E+08", c8="https://facebook.com/hai"), unknown))
    address = reverse("import_refused", args=[StagedImport.objects.get().pk])
    assert f'href="{address}"' in text_of(browser.get(reverse("import_preview", args=[StagedImport.objects.get().pk])))
    answer = browser.get(address)
    (grid,) = read_xlsx(answer.content)[0]
    lines = [cells for _, cells in grid.lines]
    start = next(number for number, line in enumerate(lines) if "Lý do" in line)
    assert lines[start] == [*HEADINGS, "Lý do"]
    bad, strange = lines[start + 1 : start + 3]
    assert (bad[5], bad[7], bad[9]) == ("9,12E+08", "Trang Facebook", "01/11/2026")
    assert bad[10].startswith("Số điện thoại: ")
    assert strange[2] == "Sở Y tá" and "Có phải “Sở Y tế”?" in strange[10]
    again = read_sheet(answer.content, kind="registrations", name="x.xlsx")
    assert [len(row.problems) for row in again.rows] == [1, 0], "the agency is the register's to know"


def test_a_refused_file_says_why(browser):
    shown = upload(browser, b"<html></html>", "bang.xls")
    assert "Tệp là trang web (HTML, XML) đổi đuôi" in text_of(shown)


def test_nothing_or_two_things_are_refused_by_the_form(browser):
    for data in ({}, {"pasted": "a\tb", "file": SimpleUploadedFile("b.csv", b"a,b")}):
        assert "Hãy chọn một tệp hoặc dán một bảng" in text_of(browser.post(PAGE, data))
    assert StagedImport.objects.count() == 0


def test_hostile_texts_stay_text(browser, health, reviewer):
    shown = upload(browser, xlsx(HEADINGS, row(c4="x</td>&lt;", c5="<script>alert(1)</script>")), "<img src=x>.xlsx")
    assert "<script>alert" not in text_of(shown)
    assert "<img src=x>" not in text_of(shown)


def test_tabs_show_one_state_and_pages_keep_it(browser, reviewer):
    upload(browser, xlsx(HEADINGS, FIRST))
    browser.post(reverse("import_preview", args=[StagedImport.objects.get().pk]))
    upload(browser, xlsx(HEADINGS, FIRST, SECOND))
    address = reverse("import_preview", args=[StagedImport.objects.latest("pk").pk])
    assert [item.row.number for item in browser.get(address, {"nhom": "unchanged"}).context["page"]] == [1]
    assert [item.row.number for item in browser.get(address, {"nhom": "la"}).context["page"]] == [2]


def test_another_reviewers_sheet_is_not_there(browser, client_for, administrator):
    upload(browser, xlsx(HEADINGS, FIRST))
    address = reverse("import_preview", args=[StagedImport.objects.get().pk])
    assert client_for(administrator).get(address).status_code == 404
    assert client_for(administrator).post(address).status_code == 404


LONG = 4


@pytest.fixture
def long_sheet(browser, monkeypatch):
    """A sheet that is too long to import while somebody waits, confirmed on the page."""
    monkeypatch.setattr(imports, "AT_ONCE", LONG - 1)
    rows = [
        row(c3=f"Người {n} Thử", c6=f"n{n}@yte.example", c8=f"https://facebook.com/trangthu{n}") for n in range(LONG)
    ]
    upload(browser, csv(HEADINGS, *rows), "dai.csv")
    staged = StagedImport.objects.get()
    answer = browser.post(reverse("import_preview", args=[staged.pk]), follow=True)
    assert "Đang nhập" in text_of(answer)
    assert Channel.objects.count() == 0
    staged.refresh_from_db()
    return staged


def test_a_long_sheet_is_imported_by_the_tick_and_the_person_is_told(browser, long_sheet, reviewer):
    now = timezone.now()
    assert (import_queued(now), import_queued(now)) == (1, 0)
    assert Channel.objects.count() == LONG
    assert Channel.objects.first().confirmed_by == reviewer
    assert "Đã nhập bảng “dai.csv”" in Notice.objects.get(recipient=reviewer).text
    assert "Việc tiếp theo" in text_of(browser.get(reverse("import_preview", args=[long_sheet.pk])))


def test_the_page_tells_how_far_a_long_sheet_is_and_looks_again_by_itself(browser, long_sheet):
    address = reverse("import_preview", args=[long_sheet.pk])
    assert "Đang chờ đến lượt: 4 dòng." in text_of(browser.get(address))
    StagedImport.objects.update(row_count=10_000)
    held = StagedImport.claim_next(timezone.now())
    assert "Đang đọc và đối chiếu 10.000 dòng." in text_of(browser.get(address))
    held.note_progress(3_200)
    shown = browser.get(address)
    assert "Đang nhập 3.200/10.000 dòng" in text_of(shown)
    assert '<progress id="rows-done" value="3200" max="10000">' in text_of(shown)
    assert shown.headers["Refresh"] == "5"


def test_progress_is_told_while_rows_are_entered(long_sheet, monkeypatch):
    monkeypatch.setattr(plan_module, "TOGETHER", 1)
    told = []
    held = StagedImport.claim_next(timezone.now())
    plan = imports.plan_of(held)
    held.apply(actor=held.uploaded_by, plan=plan, progress=told.append)
    assert told == [0, 1, 1, 2, 2, 3, 3, 4]
    assert Channel.objects.count() == LONG


def test_one_worker_holds_a_sheet_and_only_one_sheet_is_in_hand(long_sheet, reviewer):
    now = timezone.now()
    other = StagedImport.stage(actor=reviewer, kind="contacts", content=b"x")
    other.queue(now=now, row_count=1)
    assert StagedImport.claim_next(now) == long_sheet
    assert StagedImport.claim_next(now) is None
    again = StagedImport.claim_next(now + LEASE)
    assert (again, again.attempt) == (long_sheet, 2)


def test_a_worker_that_lost_its_lease_writes_nothing(long_sheet, reviewer):
    now = timezone.now()
    slow = StagedImport.claim_next(now)
    fast = StagedImport.claim_next(now + LEASE)
    assert slow.renew(now) is False
    with pytest.raises(ValidationError, match="đang được nhập ở nền"):
        slow.apply(actor=reviewer, plan=imports.plan_of(slow))
    assert (slow.give_back("Hỏng"), Channel.objects.count()) == (False, 0)
    fast.apply(actor=reviewer, plan=imports.plan_of(fast))
    with pytest.raises(ValidationError, match="đang được nhập ở nền"):
        slow.apply(actor=reviewer, plan=imports.plan_of(StagedImport(kind=slow.kind, content=slow.content)))
    assert Channel.objects.count() == LONG


def test_a_fault_of_ours_is_tried_three_times_then_told(browser, long_sheet, reviewer, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("hỏng")

    monkeypatch.setattr(plan_module.Plan, "run", broken)
    tries = [import_queued(timezone.now() + LEASE * number, seconds=0.01) for number in range(4)]
    long_sheet.refresh_from_db()
    assert (tries, long_sheet.queued_at, long_sheet.fault) == ([0, 0, 0, 0], None, background.GAVE_UP)
    assert "Chưa nhập được bảng “dai.csv”" in Notice.objects.get(recipient=reviewer).text
    assert "Cổng đã thử 3 lần" in text_of(browser.get(reverse("import_preview", args=[long_sheet.pk])))


def test_no_waiting_import_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        import_queued(timezone.now())


def test_the_pass_of_the_command_imports_last(long_sheet):
    assert tick(timezone.now()).imported == 0
    out = StringIO()
    call_command("tick", "--json", stdout=out)
    assert (json.loads(out.getvalue())["imported"], Channel.objects.count()) == (1, LONG)


def test_only_a_waiting_sheet_can_be_held(reviewer):
    staged = StagedImport.stage(actor=reviewer, kind="contacts", content=b"x")
    rows, now = StagedImport.objects.filter(pk=staged.pk), timezone.now()
    for values in (
        {"lease_token": uuid.uuid4()},
        {"lease_until": now, "queued_at": now},
        {"lease_until": now, "lease_token": uuid.uuid4()},
    ):
        with pytest.raises(IntegrityError, match="staged_import_lease_of_a_job"), transaction.atomic():
            rows.update(**values)


def test_a_long_sheet_that_fails_is_given_back_with_the_sentence(browser, long_sheet, health):
    health.close(actor=None, on=timezone.localdate(), reason="Hợp nhất.")
    assert import_queued(timezone.now()) == 0
    assert Channel.objects.count() == 0
    assert "Lần nhập trước không thành" in text_of(browser.get(reverse("import_preview", args=[long_sheet.pk])))


def test_sheets_that_nobody_imported_are_removed(reviewer):
    now = timezone.now()
    StagedImport.stage(actor=reviewer, kind="contacts", content=b"x", now=now - KEPT_FOR - timedelta(minutes=1))
    import_queued(now)
    assert StagedImport.objects.count() == 0


def test_old_sheets_go_when_a_new_one_comes(reviewer):
    old = timezone.now() - KEPT_FOR - timedelta(minutes=1)
    StagedImport.stage(actor=reviewer, kind="contacts", content=b"x", now=old)
    kept = StagedImport.stage(actor=reviewer, kind="contacts", content=b"y")
    assert list(StagedImport.objects.all()) == [kept]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_template_is_read_by_the_import(browser, kind):
    answer = browser.get(reverse("import_template", args=[kind]))
    sheet = read_sheet(answer.content, kind=kind, name="mau.xlsx")
    assert sheet.errors == ["Bảng chỉ có dòng tiêu đề, chưa có dòng dữ liệu nào."]


def test_preview_costs_the_same_for_one_row_and_for_thirty(browser, django_assert_max_num_queries):
    for number in (1, 30):
        rows = [
            row(c3=f"Người {n} Thử", c6=f"n{n}@yte.example", c8=f"https://www.facebook.com/trangthu{n}")
            for n in range(number)
        ]
        upload(browser, csv(HEADINGS, *rows), "b.csv")
        address = reverse("import_preview", args=[StagedImport.objects.latest("pk").pk])
        with django_assert_max_num_queries(11):
            assert browser.get(address).status_code == 200


def body(answer):
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content


def test_export_is_masked_and_full_only_with_a_logged_reason(browser, health, reviewer):
    builders.make_contact(health, "Hà Thị Xuất", "xuat.ha@yte.example", actor=reviewer, phone="0912000777")
    address = reverse("export_registry", args=["contacts"])
    masked = body(browser.get(address, {"dang": "csv"}))
    assert "0912•••777" in masked
    assert "0912000777" not in masked
    assert "xuat.ha@" not in masked
    assert browser.post(address, {"reason": "x", "dang": "csv"}).status_code == 200
    assert PersonalDataAccess.objects.count() == 0
    assert "0912000777" in body(browser.post(address, {"reason": "Gửi danh bạ cho Văn phòng", "dang": "csv"}))
    logged = PersonalDataAccess.objects.get()
    assert (logged.actor, logged.reason) == (reviewer, "Gửi danh bạ cho Văn phòng")


def test_a_leader_takes_out_masked_lists_only(client_for, leader, health, reviewer):
    address = reverse("export_registry", args=["contacts"])
    assert client_for(leader).get(address, {"dang": "xlsx"}).status_code == 200
    assert client_for(leader).post(address, {"reason": "Muốn xem số điện thoại", "dang": "csv"}).status_code == 403


def test_export_holds_what_the_filter_says(browser, health, other_agency):
    found = body(browser.get(reverse("export_registry", args=["agencies"]), {"dang": "csv", "q": "suoi mo"}))
    assert ("Suối Mơ" in found, "Sở Y tế" in found) == (True, False)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_export_costs_the_same_for_one_row_and_for_four(browser, health, reviewer, kind):
    counts = []
    for number in (1, 3):
        for _ in range(number):
            builders.make_contact(health, actor=reviewer)
            builders.make_channel(health, actor=reviewer, decision_on=timezone.localdate())
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("export_registry", args=[kind]), {"dang": "xlsx"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
