"""The office's own words in reminders: used at once, never able to lose the link, the day or the sending."""

from datetime import date

import pytest
from django.urls import reverse

from campaigns import group_text, reminder_texts, reminders
from registry.models import OutgoingMessage, TextTemplate
from tests import builders
from tests.builders import moment

DAY = date(2026, 10, 2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def quota(health_focal, health, reviewer):
    builders.issue_monthly_campaign(actor=reviewer)
    return builders.quota_of(health)


def written(reviewer, **changed):
    for name, text in changed.items():
        TextTemplate.write(actor=reviewer, known=getattr(reminder_texts, name.upper()), text=text)
    reminders.plan(moment(DAY, 8))
    return OutgoingMessage.objects.get()


def test_the_offices_words_stand_in_the_letter_and_the_portal_adds_the_work(quota, reviewer):
    letter = written(
        reviewer,
        subject_one="[{don_vi}] {viec}: {con_lai}",
        intro="Xin chào,\nngày {ngay} còn {so_viec} việc.",
        closing="",
    )
    assert letter.subject == "[Sở Y tế] Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 9/2026): còn 1 ngày làm việc"
    assert "Xin chào,\nngày 02/10/2026 còn 1 việc.\n" in letter.text and "<p>Xin chào,<br>ngày 02/10" in letter.html
    assert "Hạn: 05/10/2026" in letter.text and "/viec/l/" in letter.text
    assert "Không phát sinh" not in letter.text


def test_the_original_words_are_those_of_before(quota, reviewer):
    letter = written(reviewer)
    assert letter.subject.startswith("Nhắc hạn 05/10/2026 (còn 1 ngày làm việc): Tối thiểu 01")
    assert "Đến ngày 02/10/2026, đơn vị của ông/bà còn 1 việc cần làm trên Cổng Kênh Chính thống:" in letter.text


@pytest.mark.parametrize("broken", ["Hạn {han_cu}", "{", "", "{{ settings.SECRET_KEY }}"])
def test_a_text_that_broke_since_it_was_saved_stops_no_letter_and_the_desk_says_so(quota, reviewer, client_for, broken):
    TextTemplate.write(actor=reviewer, known=reminder_texts.SUBJECT_ONE, text="Tạm")
    TextTemplate.objects.update(text=broken)
    assert written(reviewer).subject.startswith("Nhắc hạn 05/10/2026")
    page = client_for(reviewer).get(reverse("text_list")).content.decode()
    assert page.count("Lời đã sửa không còn dùng được") == 1


def test_values_are_words_and_no_template(quota, reviewer):
    quota.agency.rename(actor=reviewer, name="Sở {con_lai} {{ 7*7 }} <b>%(x)s</b>", on=date(2026, 9, 2))
    letter = written(reviewer, subject_one="{don_vi}", intro="<script>{ngay}</script>")
    assert letter.subject == "Sở {con_lai} {{ 7*7 }} <b>%(x)s</b>"
    assert "<script>" not in letter.html and "&lt;script&gt;02/10/2026" in letter.html


def test_a_subject_is_one_line_whatever_the_names(quota, reviewer):
    requirement = quota.requirement
    type(requirement).objects.filter(pk=requirement.pk).update(title="Dòng một\r\nBcc: ke@xau.example")
    assert "\n" not in written(reviewer).subject and "\r" not in OutgoingMessage.objects.get().subject


def test_however_many_letters_the_texts_are_read_once(quota, reviewer, django_assert_max_num_queries):
    assert reminders.words_in_force() is not None
    with django_assert_max_num_queries(1):
        said = reminders.words_in_force()
        for _ in range(5):
            said.fill(reminder_texts.CLOSING, cong="x")


def test_the_group_text_is_the_offices_too(quota, reviewer):
    TextTemplate.write(actor=reviewer, known=reminder_texts.GROUP_TITLE, text="Kính gửi các đơn vị: {viec}")
    TextTemplate.write(actor=reviewer, known=reminder_texts.GROUP_CLOSING, text="")
    (text,) = group_text.pending(reviewer, DAY, {})[-1].parts
    assert text.startswith("Kính gửi các đơn vị: Tối thiểu 01") and text.endswith("SYT")
