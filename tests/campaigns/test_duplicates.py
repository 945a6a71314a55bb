"""The same thing handed in twice: shown to the reviewer, counted once."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from campaigns.attaching import attach
from campaigns.duplicates import twins_of
from campaigns.models import ContentFile, Obligation, PicturePiece
from tests.builders import NOW, approve_item, draft_item, submit_item
from tests.lib.test_fingerprints import scenery

pytestmark = pytest.mark.django_db
LINK = "https://www.facebook.com/kenhthu/posts/123"
TEXT = (
    "Xã tổ chức tập huấn phòng cháy rừng cho hơn 200 hộ dân ở các bản vùng cao, phát tờ rơi và hướng dẫn quét mã. " * 2
)


@pytest.fixture
def duty(world):
    return world.obligation


@pytest.fixture
def other_duty(duty, other_agency):
    return Obligation.objects.get(agency=other_agency, period=duty.period)


def upload(name, picture, quality=88):
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return SimpleUploadedFile(name, stream.getvalue())


def with_picture(duty, actor, picture, quality=88, **fields):
    item = draft_item(duty, actor=actor, **fields)
    assert attach(item, [upload("anh.jpg", picture, quality)], actor) == []
    item.submit(actor=actor, now=NOW)
    return item


def seen(item, user):
    return [(twin.item, twin.is_own, twin.words) for twin in twins_of(item.current_version, user)]


def test_the_same_link_of_one_agency_is_refused_when_it_is_handed_in_again(duty, world):
    submit_item(duty, actor=world.focal, link=LINK, title="Bài đầu")
    with pytest.raises(ValidationError, match="đã nộp bài này ngày .*Bài đầu"):
        submit_item(duty, actor=world.focal, link=f"{LINK}/?fbclid=xyz")


def test_a_withdrawn_product_does_not_stand_in_the_way(duty, world):
    submit_item(duty, actor=world.focal, link=LINK).withdraw(actor=world.focal, now=NOW)
    assert submit_item(duty, actor=world.focal, link=LINK).status == "submitted"


def test_the_same_text_of_one_agency_is_accepted_once(duty, world, reviewer):
    approve_item(submit_item(duty, actor=world.focal, body=TEXT, title="Bản đầu"), actor=reviewer)
    again = submit_item(duty, actor=world.focal, body=TEXT.upper(), title="Bản sau")
    with pytest.raises(ValidationError, match="Trùng với “Bản đầu”"):
        again.approve(actor=reviewer, version=1, now=NOW)
    assert Obligation.objects.get(pk=duty.pk).accepted_count == 1


def test_another_agency_with_the_same_link_is_shown_and_may_be_accepted(duty, other_duty, world, other_focal, reviewer):
    mine = submit_item(duty, actor=world.focal, link=LINK)
    theirs = submit_item(other_duty, actor=other_focal, link=LINK)
    assert seen(theirs, reviewer) == [(mine, False, "cùng đường link")]
    assert approve_item(theirs, actor=reviewer)


def test_pictures_are_known_again_although_smaller_and_recompressed(duty, other_duty, world, other_focal, reviewer):
    mine = with_picture(duty, world.focal, scenery(), title="Ảnh gốc")
    with_picture(duty, world.focal, scenery(3), title="Ảnh khác")
    copy = with_picture(other_duty, other_focal, scenery().resize((500, 375)), 50, title="Ảnh chép")
    assert seen(copy, reviewer) == [(mine, False, "cùng hình ảnh")]


def test_the_same_file_is_found_and_own_products_come_first(duty, other_duty, world, other_focal, reviewer):
    theirs = with_picture(other_duty, other_focal, scenery())
    mine = with_picture(duty, world.focal, scenery(), title="Lần một")
    again = with_picture(duty, world.focal, scenery(), title="Lần hai")
    assert seen(again, reviewer) == [
        (mine, True, "cùng tệp, cùng hình ảnh"),
        (theirs, False, "cùng tệp, cùng hình ảnh"),
    ]


def test_drafts_of_others_are_never_shown(duty, other_duty, world, other_focal, reviewer):
    draft = draft_item(other_duty, actor=other_focal)
    attach(draft, [upload("anh.jpg", scenery())], other_focal)
    assert seen(with_picture(duty, world.focal, scenery()), reviewer) == []


def test_the_reviewer_reads_what_may_be_double_at_a_constant_price(
    client_for, duty, other_duty, world, other_focal, reviewer, django_assert_num_queries
):
    item, desk = with_picture(duty, world.focal, scenery(), link=LINK, body=TEXT), client_for(reviewer)
    for number in range(4):
        with_picture(other_duty, other_focal, scenery(), link=f"{LINK}{number}", body=TEXT, title=f"Bản {number}")
        if number in (0, 3):
            version = item.versions.select_related("item").prefetch_related("files").get()
            with django_assert_num_queries(4):
                twins = twins_of(version, reviewer)
    assert len(twins) == 4
    page = desk.get(reverse("review_item", args=[item.pk])).text
    assert "Có thể trùng" in page and "cùng nội dung chữ, cùng tệp, cùng hình ảnh" in page


def test_a_picture_has_a_small_one_and_its_pieces_once(client_for, duty, world):
    item = with_picture(duty, world.focal, scenery())
    row = item.files.get()
    answer = client_for(world.focal).get(reverse("file_preview", args=[row.pk]), {"nho": "1"})
    small = Image.open(BytesIO(b"".join(answer.streaming_content)))
    assert small.size == (480, 360) and row.pieces.count() == 6
    with pytest.raises(IntegrityError), transaction.atomic():
        PicturePiece.objects.create(file=row, place=0, bits=1)


def test_an_agency_that_used_its_room_reads_what_to_do(duty, world, settings):
    settings.AGENCY_STORAGE_MB = 0
    item = draft_item(duty, actor=world.focal)
    (sentence,) = attach(item, [upload("anh.jpg", scenery())], world.focal)
    assert "đã dùng hết 0 MB" in sentence and "đường link" in sentence
    assert not ContentFile.objects.exists()
