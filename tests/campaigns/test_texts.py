"""Mẫu chữ: the texts in code are sound, the office changes them, a wrong one is refused, the original comes back."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns import texts
from portal.lib.filling import fill
from registry.models import TextTemplate
from tests.builders import NOW

BODY = texts.REPORT_BODY
PAGE = "/dieu-hanh/mau-chu/report.body/"


@pytest.mark.parametrize("known", texts.ALL, ids=lambda known: known.key)
def test_every_original_fits_its_variables_and_fills(known):
    assert known.faults(known.default) == [] and known.cleaned(known.default) == known.default
    assert "{" not in fill(known.default, known.samples)
    assert len(known.names) == len(set(known.names))


def test_keys_are_unique():
    assert len(texts.BY_KEY) == len(texts.ALL)


def test_what_the_installation_knows_by_itself(settings):
    settings.PROVINCE_NAME, settings.PROVINCE_OFFICE = "Thành phố Đồng Mẫu", "Sở Văn hóa, Thể thao và Du lịch"
    assert texts.standing_values()["dia_danh"] == "Đồng Mẫu"
    assert texts.standing_values()["chu_viet_tat"] == "SVHTTDL"
    settings.PROVINCE_NAME = "Tỉnh Núi Xanh"
    assert texts.standing_values()["ten_tinh"] == "tỉnh Núi Xanh" and texts.standing_values()["dia_danh"] == "Núi Xanh"


def test_the_office_text_is_used_and_the_original_comes_back(reviewer, django_assert_num_queries):
    assert TextTemplate.objects.wordings([BODY])[BODY] == BODY.default
    assert TextTemplate.write(actor=reviewer, known=BODY, text="Đạt {ty_le}./.", now=NOW)
    with django_assert_num_queries(1):
        words = TextTemplate.objects.wordings(texts.ALL)
    values = BODY.samples | {"ty_le": "80 %"}
    assert words.fill(BODY, **values) == "Đạt 80 %./."
    assert TextTemplate.put_back(actor=reviewer, known=BODY, now=NOW)
    assert TextTemplate.objects.wordings([BODY])[BODY] == BODY.default
    assert [row.history_change_reason for row in TextTemplate.history.all()] == ["Về mẫu gốc", "Sửa mẫu chữ"]
    assert {row.history_user for row in TextTemplate.history.all()} == {reviewer}


def test_the_same_text_again_changes_nothing(reviewer):
    TextTemplate.write(actor=reviewer, known=BODY, text="Đạt {ty_le}./.")
    assert not TextTemplate.write(actor=reviewer, known=BODY, text="Đạt {ty_le}./.  \r\n")
    assert not TextTemplate.put_back(actor=reviewer, known=texts.SIGNER)
    assert TextTemplate.history.count() == 1


def test_a_slower_colleague_is_told(reviewer, administrator):
    TextTemplate.write(actor=administrator, known=BODY, text="Bản của người nhanh", seen="", now=NOW)
    with pytest.raises(ValidationError, match="Lò Thị Quản vừa đổi mẫu chữ này lúc 09:00 16/09/2026"):
        TextTemplate.write(actor=reviewer, known=BODY, text="Bản của người chậm", seen="")
    assert TextTemplate.objects.wordings([BODY])[BODY] == "Bản của người nhanh"


def test_a_stored_text_that_no_longer_fits_gives_way_to_the_original(reviewer):
    TextTemplate.write(actor=reviewer, known=BODY, text="Đạt {ty_le}")
    TextTemplate.objects.update(text="Đạt {bien_cu}")
    assert TextTemplate.objects.wordings([BODY])[BODY] == BODY.default


def test_a_row_put_back_keeps_no_text(reviewer):
    with pytest.raises(IntegrityError), transaction.atomic():
        TextTemplate.objects.create(key="a", text="chữ", is_original=True, changed_by=reviewer)


def test_the_page_saves_shows_and_puts_back(reviewer, client_for):
    browser = client_for(reviewer)
    browser.post(PAGE, {"text": "Đạt {ty_le} trong {thang}./.", "act": "save"})
    assert "Đạt {ty_le} trong {thang}./." in browser.get("/dieu-hanh/mau-chu/").content.decode()
    page = browser.get(PAGE).content.decode()
    assert "Đạt 86,7 % trong tháng 10/2026./." in page and "Nông Văn Duyệt" in page
    browser.post(PAGE, {"act": "original"})
    page = browser.get(PAGE)
    assert page.context["row"] is None and page.context["form"]["text"].value() == BODY.default
    earlier = TextTemplate.history.order_by("history_id").first()
    again = browser.get(PAGE, {"ban": earlier.history_id})
    assert again.context["form"]["text"].value() == "Đạt {ty_le} trong {thang}./."


def test_a_preview_saves_nothing_and_keeps_what_was_typed(reviewer, client_for):
    page = client_for(reviewer).post(PAGE, {"text": "<b>{ty_le}</b>", "act": "preview"}).content.decode()
    assert "<p>&lt;b&gt;86,7 %&lt;/b&gt;</p>" in page and "&lt;b&gt;{ty_le}&lt;/b&gt;" in page
    assert not TextTemplate.objects.exists()


def test_a_wrong_text_stays_in_the_form_with_its_fault(reviewer, client_for):
    page = client_for(reviewer).post(PAGE, {"text": "Đạt {tile}", "act": "save"}).content.decode()
    assert "Không có biến {tile}. Các biến dùng được:" in page and "Đạt {tile}" in page
    assert "chưa xem thử được" in page and not TextTemplate.objects.exists()


def test_a_leader_reads_the_list_only(leader, client_for):
    assert client_for(leader).get(reverse("text_list")).status_code == 200
    assert client_for(leader).get(PAGE).status_code == 403


def test_the_list_costs_the_same_however_many_were_changed(reviewer, client_for, django_assert_num_queries):
    browser = client_for(reviewer)
    for count in (1, 4):
        for known in texts.ALL[:count]:
            TextTemplate.write(actor=reviewer, known=known, text=f"Chữ {count}")
        with django_assert_num_queries(4):
            browser.get(reverse("text_list"))
