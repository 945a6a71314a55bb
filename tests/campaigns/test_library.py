"""The library: what may be used again, by whom, and when a copy counts."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.attaching import attach, detach
from campaigns.duplicates import twins_of
from campaigns.models import ContentFile, ContentItem, Obligation, Topic
from campaigns.models.sharing import Whose, owners_of, whose_post
from tests.builders import NOW, STARTS_ON, approve_item, draft_item, make_channel, submit_item
from tests.pictures import png

pytestmark = pytest.mark.django_db
PAGE_OF_COMMUNE = "https://www.facebook.com/xasuoimo"
OWN_POST = f"{PAGE_OF_COMMUNE}/posts/77"


@pytest.fixture
def source(world, reviewer):
    """A product of Sở Y tế that others may use again."""
    item = submit_item(
        world.obligation, actor=world.focal, title="Phòng sốt xuất huyết", body="Diệt lăng quăng mỗi tuần.",
        link="https://www.facebook.com/soyte/posts/1", kind="video", is_shareable=True,
    )  # fmt: skip
    return approve_item(item, actor=reviewer)


@pytest.fixture
def duty(world, other_agency):
    """The commune's quota of this month."""
    return Obligation.objects.quota().get(agency=other_agency, requirement__campaign=world.campaign)


@pytest.fixture
def page_of_commune(other_agency, reviewer):
    return make_channel(other_agency, actor=reviewer, url=PAGE_OF_COMMUNE, name="Xã Suối Mơ")


def copy_of(source, duty, actor, key=None):
    return source.share(actor=actor, obligation=duty, idempotency_key=key or uuid.uuid4(), now=datetime.now(UTC))


def titles(answer):
    return {item.title for item in answer.context["page"]}


def test_the_library_shows_only_accepted_products_that_are_offered(client_for, world, source, other_focal, reviewer):
    draft_item(world.obligation, actor=world.focal, title="Nháp kín", is_shareable=True)
    submit_item(world.obligation, actor=world.focal, title="Chờ duyệt kín", is_shareable=True)
    approve_item(submit_item(world.obligation, actor=world.focal, title="Không cho dùng"), actor=reviewer)
    refused = submit_item(world.obligation, actor=world.focal, title="Bị từ chối", is_shareable=True)
    refused.reject(actor=reviewer, version=1, code="quality", note="Ảnh mờ", now=NOW)
    for person in (other_focal, world.focal, reviewer):
        answer = client_for(person).get(reverse("library"))
        assert titles(answer) == {"Phòng sốt xuất huyết"}
        assert all(word not in answer.text for word in ("kín", "Không cho dùng", "Bị từ chối"))


def test_a_signed_link_opens_no_library(source, other_focal, duty):
    other_focal.scope = duty.pk
    assert not ContentItem.objects.in_library(other_focal).exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=phong+sot", 1), ("q=so+y+te", 1), ("q=khong+co", 0), ("loai_sp=video", 1), ("loai_sp=news", 0)],
)
def test_the_library_is_searched_without_accents(query, found, client_for, source, other_focal):
    assert len(titles(client_for(other_focal).get(f"{reverse('library')}?{query}"))) == found


def test_the_library_is_filtered_by_topic_and_hides_topics_of_products_that_are_not_shared(
    client_for, world, source, other_focal, reviewer
):
    shown, hidden = (Topic.objects.create(month=STARTS_ON, title=t, created_by=reviewer) for t in ("Y tế", "Chưa lộ"))
    source.topic = shown
    source.save()
    submit_item(world.obligation, actor=world.focal, topic=hidden)
    answer = client_for(other_focal).get(f"{reverse('library')}?noi_dung={shown.pk}")
    assert len(titles(answer)) == 1 and "Chưa lộ" not in answer.text


def test_a_copy_names_its_source_and_waits_for_a_link_of_its_own(
    client_for, source, duty, other_focal, other_agency, page_of_commune
):
    browser = client_for(other_focal)
    address = reverse("library_item", args=[source.pk])
    key = browser.get(address).context["form"]["key"].value()
    answers = [browser.post(address, {"key": key, "duty": duty.pk}) for _ in range(2)]
    copy = ContentItem.objects.get(agency=other_agency)
    assert {answer["Location"] for answer in answers} == {reverse("item_edit", args=[copy.pk])}
    assert (copy.title, copy.kind, copy.link, copy.shared_from) == ("Phòng sốt xuất huyết", "video", "", source)
    assert copy.body == "Diệt lăng quăng mỗi tuần.\n\nNguồn: Sở Y tế, https://www.facebook.com/soyte/posts/1"
    assert not copy.is_shareable and (copy.status, copy.responsible) == ("draft", other_focal.full_name)
    assert "Nguồn: Sở Y tế" in browser.get(reverse("item_edit", args=[copy.pk])).text
    with pytest.raises(ValidationError, match="dán đường link bài đó"):
        copy.submit(actor=other_focal)
    copy.edit(actor=other_focal, link="https://m.facebook.com/soyte/posts/1/")
    with pytest.raises(ValidationError, match="bài gốc"):
        copy.submit(actor=other_focal)
    copy.edit(actor=other_focal, link=OWN_POST)
    copy.submit(actor=other_focal)
    assert copy.status == "submitted"


def test_a_product_is_used_again_once_a_month_by_an_agency(source, duty, other_focal, health_focal, world):
    copy = copy_of(source, duty, other_focal)
    with pytest.raises(ValidationError, match="Mỗi tháng chỉ một lần"):
        copy_of(source, duty, other_focal)
    copy.withdraw(actor=other_focal)
    assert copy_of(source, duty, other_focal).pk != copy.pk
    with pytest.raises(ValidationError, match="chính đơn vị"):
        copy_of(source, world.obligation, health_focal)


def test_the_database_keeps_one_copy_for_a_duty(source, duty, other_focal):
    first, second = copy_of(source, duty, other_focal), draft_item(duty, actor=other_focal)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContentItem.objects.filter(pk=second.pk).update(shared_from=source)
    first.withdraw(actor=other_focal)
    assert ContentItem.objects.filter(pk=second.pk).update(shared_from=source) == 1


def test_what_left_the_library_is_not_used_again(client_for, source, duty, other_focal, reviewer):
    source.take_out_of_library(actor=reviewer, reason="Số liệu đã cũ")
    assert source.history.first().history_change_reason == "Đưa ra khỏi thư viện: Số liệu đã cũ"
    with pytest.raises(ValidationError, match="không còn trong thư viện"):
        copy_of(source, duty, other_focal)
    assert client_for(other_focal).get(reverse("library_item", args=[source.pk])).status_code == 404
    with pytest.raises(ValidationError, match="không có trong thư viện"):
        source.take_out_of_library(actor=reviewer, reason="Lần hai")
    source.put_in_library(actor=reviewer)
    assert source.is_in_library
    for act in (source.put_in_library, lambda actor: source.take_out_of_library(actor=actor, reason=" ")):
        with pytest.raises(ValidationError):
            act(actor=reviewer)


def test_the_review_page_leads_into_the_library_only_for_what_is_there(client_for, world, source, reviewer):
    refused = submit_item(world.obligation, actor=world.focal, is_shareable=True)
    refused.reject(actor=reviewer, version=1, code="quality", note="Ảnh mờ", now=NOW)
    kept = approve_item(submit_item(world.obligation, actor=world.focal), actor=reviewer)
    pages = {
        item: client_for(reviewer).get(reverse("review_item", args=[item.pk])).text for item in (source, refused, kept)
    }
    assert reverse("item_out_of_library", args=[source.pk]) in pages[source]
    assert "thu-vien" not in pages[refused].replace(reverse("library"), "")
    assert reverse("item_into_library", args=[kept.pk]) in pages[kept]


def test_a_copy_never_enters_the_library(source, duty, other_focal, reviewer, page_of_commune):
    copy = copy_of(source, duty, other_focal)
    copy.edit(actor=other_focal, link=OWN_POST)
    copy.submit(actor=other_focal)
    copy.approve(actor=reviewer, version=1)
    with pytest.raises(ValidationError, match="chính đơn vị làm"):
        copy.put_in_library(actor=reviewer)
    ContentItem.objects.filter(pk=copy.pk).update(is_shareable=True)
    assert list(ContentItem.objects.in_library(reviewer)) == [source]


@pytest.mark.parametrize(
    ("link", "words", "counts"),
    [
        (OWN_POST, "được tính", True),
        ("https://www.facebook.com/trangkhac/posts/5", "trên trang chưa đăng ký", False),
        ("https://www.facebook.com/soyte2/posts/5", "trên kênh của đơn vị khác", False),
        ("https://www.facebook.com/share/p/Ab12/", "Chưa rõ bài đăng ở đâu", True),
    ],
)
def test_the_reviewer_is_told_where_the_copy_was_posted(
    link, words, counts, client_for, source, duty, other_focal, reviewer, page_of_commune, health
):
    make_channel(health, actor=reviewer, url="https://www.facebook.com/soyte2")
    copy = copy_of(source, duty, other_focal)
    copy.edit(actor=other_focal, link=link)
    copy.submit(actor=other_focal)
    answer = client_for(reviewer).get(reverse("review_item", args=[copy.pk]))
    assert words in answer.text and "Phòng sốt xuất huyết" in answer.text
    decided = client_for(reviewer).post(reverse("item_decide", args=[copy.pk]), {"act": "approve", "version": 1})
    copy.refresh_from_db()
    assert (copy.status == "approved", decided.status_code) == ((True, 302) if counts else (False, 409))


def test_a_page_of_a_confirmed_website_is_own_and_a_suspended_channel_is_not(other_agency, reviewer):
    site = make_channel(other_agency, actor=reviewer, kind="website", url="https://suoimo.tinh.gov.vn")
    post = "https://suoimo.tinh.gov.vn/tin-tuc/bai-1.html"
    assert whose_post(post, other_agency) == Whose.OWN
    assert owners_of("https://tinh.gov.vn/suoimo/tin/1.html")[:2] == ["web:tinh.gov.vn", "web:tinh.gov.vn/suoimo"]
    site.suspend(actor=reviewer, reason="Bảo trì")
    assert whose_post(post, other_agency) == Whose.STRANGE
    assert whose_post("https://www.youtube.com/watch?v=abc12345678", other_agency) == Whose.UNKNOWN
    assert whose_post("https://www.facebook.com/permalink.php?story_fbid=1&id=100064", other_agency) == Whose.UNKNOWN
    assert owners_of("https://officialaccount.me/d?id=abc") == owners_of("") == owners_of("không phải đường link") == []


def test_duties_offered_are_open_ones_of_the_persons_own_agencies(client_for, world, source, duty, other_focal):
    form = client_for(other_focal).get(reverse("library_item", args=[source.pk])).context["form"]
    assert list(form.fields["duty"].queryset) == [duty]
    assert (
        list(
            client_for(world.focal)
            .get(reverse("library_item", args=[source.pk]))
            .context["form"]
            .fields["duty"]
            .queryset
        )
        == []
    )
    Obligation.objects.filter(pk=duty.pk).update(locks_on=date(2026, 1, 1), due_on=date(2026, 1, 1))
    page = client_for(other_focal).get(reverse("library_item", args=[source.pk]))
    assert "chưa có đầu việc" in page.text
    answer = client_for(other_focal).post(
        reverse("library_item", args=[source.pk]), {"key": uuid.uuid4(), "duty": duty.pk}
    )
    assert answer.status_code == 200 and ContentItem.objects.count() == 1


def test_the_library_costs_the_same_with_one_product_and_with_four(
    client_for, world, other_focal, reviewer, django_assert_num_queries
):
    browser = client_for(other_focal)
    for number in range(4):
        item = submit_item(world.obligation, actor=world.focal, title=f"Tin số {number}", is_shareable=True)
        approve_item(item, actor=reviewer)
        if number in (0, 3):
            with django_assert_num_queries(6):
                browser.get(reverse("library"))


@pytest.fixture
def with_picture(world, reviewer):
    """A shared product with a picture that was accepted and one that was put aside before."""
    item = draft_item(world.obligation, actor=world.focal, title="Ảnh tiêm chủng", is_shareable=True, kind="pictures")
    files = [SimpleUploadedFile(f"{colour}.png", png(colour)) for colour in ("red", "green")]
    assert attach(item, files, world.focal) == []
    detach(item, item.files.get(name="green.png").pk)
    item.submit(actor=world.focal, is_declared=True)
    return approve_item(item, actor=reviewer)


def test_the_files_of_a_shared_product_come_with_the_copy(
    client_for, with_picture, duty, other_focal, other_agency, health_focal, settings
):
    settings.AGENCY_STORAGE_MB = 0
    key = uuid.uuid4()
    copy = copy_of(with_picture, duty, other_focal, key)
    assert copy_of(with_picture, duty, other_focal, key) == copy
    row, original = copy.files.get(), with_picture.files.get(name="red.png")
    assert (row.name, row.sha256, row.added_by) == ("red.png", original.sha256, other_focal)
    assert ContentFile.stored_by(other_agency) == 0
    theirs, ours = (reverse("file_download", args=[pk]) for pk in (original.pk, row.pk))
    assert [client_for(other_focal).get(address).status_code for address in (theirs, ours)] == [404, 200]
    assert [client_for(health_focal).get(address).status_code for address in (theirs, ours)] == [200, 404]
    assert b"".join(client_for(other_focal).get(ours).streaming_content) == original.file.read()
    assert "red.png" in client_for(other_focal).get(reverse("library_item", args=[with_picture.pk])).text


def test_a_copy_is_no_double_of_its_source_by_the_files_that_came_with_it(
    with_picture, duty, other_focal, reviewer, page_of_commune
):
    copy = copy_of(with_picture, duty, other_focal)
    copy.edit(actor=other_focal, link=OWN_POST)
    copy.submit(actor=other_focal, is_declared=True)
    assert twins_of(copy.current_version, reviewer) == []
    assert twins_of(with_picture.current_version, reviewer) == []
