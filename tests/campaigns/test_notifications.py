"""Every decision reaches whoever handed the item in, as a notice and an e-mail; reviewers hear of new work once a day."""

import pytest

from registry.models import Notice, OutgoingMessage
from registry.outbox import silence
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(health_focal, health, reviewer):
    builders.issue_monthly_campaign(actor=reviewer)
    return builders.submit_item(builders.quota_of(health), actor=health_focal, title="Tiêm chủng <mở rộng>")


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("text", flat=True))


def test_reviewers_get_one_notice_a_day_however_much_comes(item, reviewer, health_focal):
    builders.submit_item(item.obligation, actor=health_focal)
    assert told(reviewer) == ["Có sản phẩm mới chờ duyệt ngày 16/09/2026."]
    assert OutgoingMessage.objects.count() == 0


def test_returned_item_says_why_and_links_to_the_work(item, reviewer, health_focal):
    item.return_for_changes(actor=reviewer, version=1, code="source", note="Ghi rõ nguồn ảnh.", now=NOW)
    assert told(health_focal) == ["Sản phẩm cần sửa: Tiêm chủng <mở rộng>."]
    letter = OutgoingMessage.objects.get()
    assert (letter.recipient, letter.subject) == (health_focal, "Sản phẩm cần sửa: Tiêm chủng <mở rộng>")
    assert "Lý do: Thiếu nguồn\nGhi rõ nguồn ảnh." in letter.text
    assert "trước hết ngày 05/10/2026" in letter.text and "/viec/l/" in letter.text
    assert "“Tiêm chủng &lt;mở rộng&gt;”" in letter.html


def test_approved_and_published_item_gives_the_address_of_the_post(item, reviewer, health_focal, health):
    builders.approve_item(item, actor=reviewer)
    channel = builders.make_channel(health, actor=reviewer)
    item.publish(actor=reviewer, channel=channel, url="https://zalo.me/s/bai-1", now=NOW)
    assert told(health_focal) == [
        "Sản phẩm đã được duyệt: Tiêm chủng <mở rộng>.",
        "Sản phẩm đã đăng: Tiêm chủng <mở rộng>.",
    ]
    assert "https://zalo.me/s/bai-1" in OutgoingMessage.objects.latest("pk").text


def test_rejected_item_asks_for_another(item, reviewer, health_focal):
    item.reject(actor=reviewer, version=1, code="topic", note="Không thuộc nội dung tháng.", now=NOW)
    assert "Đề nghị đơn vị gửi sản phẩm khác" in OutgoingMessage.objects.get().text


def test_a_refused_decision_tells_nobody(item, reviewer, health_focal):
    with pytest.raises(Exception, match="bản mới"):
        item.approve(actor=reviewer, version=7, now=NOW)
    assert told(health_focal) == []


def test_history_that_is_loaded_tells_nobody(item, reviewer, health_focal):
    with silence():
        builders.approve_item(item, actor=reviewer)
    assert (told(health_focal), OutgoingMessage.objects.count()) == ([], 0)
