"""Posts with their figures, and the topics of a month."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.attaching import attach
from campaigns.models import PublicationMetric, Topic
from portal.lib.periods import local_day
from tests.builders import NOW, STARTS_ON, TODAY, approve_item, draft_item, make_channel, submit_item
from tests.pictures import png

pytestmark = pytest.mark.django_db


def publish(item, channel, reviewer, number=1):
    url = f"https://www.facebook.com/kenh/posts/{number}"
    return item.publish(actor=reviewer, channel=channel, url=url, now=NOW)


@pytest.fixture
def publication(world, reviewer):
    return publish(world.approved_item, world.channel, reviewer)


def test_figures_typed_for_the_same_day_replace_those_of_that_day(client_for, publication, reviewer):
    address = reverse("publication_metrics", args=[publication.pk])
    day = f"{local_day(NOW):%d/%m/%Y}"
    for views in ("120", "150"):
        assert client_for(reviewer).post(address, {"measured_on": day, "views": views}).status_code == 302
    row = publication.metrics.get()
    assert (row.views, row.likes, row.noted_by) == (150, None, reviewer)
    assert "150" in client_for(reviewer).get(reverse("publication_list")).text


def test_figures_need_a_number_and_a_day_after_publishing(client_for, publication, reviewer):
    address = reverse("publication_metrics", args=[publication.pk])
    day = f"{local_day(NOW):%d/%m/%Y}"
    assert "ít nhất một con số" in client_for(reviewer).post(address, {"measured_on": day}).text
    before = f"{local_day(NOW) - timedelta(days=1):%d/%m/%Y}"
    answer = client_for(reviewer).post(address, {"measured_on": before, "views": "5"})
    assert "từ ngày đăng đến hôm nay" in answer.text and 'value="5"' in answer.text


def test_the_newest_figures_are_shown(publication, reviewer):
    for days, views in ((3, 300), (1, 100), (2, 200)):
        publication.note_figures(actor=reviewer, measured_on=TODAY + timedelta(days=days), views=views)
    assert publication.latest_figures.views == 300


@pytest.mark.parametrize("facts", [{}, {"views": 1, "twice": True}])
def test_figures_say_something_once_a_day_in_the_database(facts, publication):
    rows = [facts, facts] if facts.pop("twice", False) else [facts]
    with pytest.raises(IntegrityError), transaction.atomic():
        for row in rows:
            PublicationMetric.objects.create(publication=publication, measured_on=TODAY, **row)


@pytest.mark.parametrize("facts", [{"month": TODAY}, {"month": STARTS_ON, "twice": True}])
def test_a_topic_stands_once_in_a_month_in_the_database(facts, reviewer):
    rows = [facts, facts] if facts.pop("twice", False) else [facts]
    with pytest.raises(IntegrityError), transaction.atomic():
        for row in rows:
            Topic.objects.create(title="Phòng cháy rừng", created_by=reviewer, **row)


def test_a_topic_is_added_to_its_month_edited_and_taken_off(client_for, reviewer):
    desk, address = client_for(reviewer), f"{reverse('topic_list')}?thang=2026-09"
    assert desk.post(address, {"title": "  Phòng  cháy rừng "}).status_code == 302
    topic = Topic.objects.get()
    assert (topic.title, topic.month) == ("Phòng cháy rừng", STARTS_ON)
    assert "đã có" in desk.post(address, {"title": "Phòng cháy rừng", "guidance": "Ảnh"}).text
    desk.post(reverse("topic_edit", args=[topic.pk]), {"title": "Phòng cháy, chữa cháy rừng"})
    assert "Phòng cháy, chữa cháy rừng" in desk.get(address).text
    desk.post(reverse("topic_remove", args=[topic.pk]))
    assert not Topic.objects.exists()


def test_a_leader_reads_topics_but_adds_none(client_for, leader):
    client_for(leader).post(f"{reverse('topic_list')}?thang=2026-09", {"title": "Phòng cháy rừng"})
    assert not Topic.objects.exists()


def test_topics_count_products_that_were_handed_in(world, reviewer):
    topic = Topic.objects.create(month=STARTS_ON, title="Phòng cháy rừng", created_by=reviewer)
    world.draft.edit(actor=world.focal, topic=topic)
    assert Topic.objects.with_counts().values_list("handed_in", "agency_count").get() == (0, 0)
    world.item.topic = topic
    world.item.save()
    assert Topic.objects.with_counts().values_list("handed_in", "agency_count").get() == (1, 1)


def test_the_list_of_posts_costs_the_same_with_one_row_and_with_four(
    client_for, world, reviewer, django_assert_num_queries
):
    desk = client_for(reviewer)
    for number in range(4):
        item = approve_item(submit_item(world.obligation, actor=world.focal, title=f"Tin số {number}"), actor=reviewer)
        channel = make_channel(world.obligation.agency, actor=reviewer)
        publish(item, channel, reviewer, number).note_figures(actor=reviewer, measured_on=TODAY, views=number)
        if number in (0, 3):
            desk.get(reverse("publication_list"))
            with django_assert_num_queries(5):
                desk.get(reverse("publication_list"))


def test_an_accepted_product_is_packed_for_posting_by_hand(client_for, world, leader):
    item = draft_item(world.obligation, actor=world.focal, title="Phòng cháy rừng", body="Dòng một\nDòng hai")
    assert attach(item, [SimpleUploadedFile("Ảnh bản Đồng (1).PNG", png())], world.focal) == []
    item.submit(actor=world.focal, now=NOW)
    address = reverse("item_bundle", args=[item.pk])
    assert client_for(leader).get(address).status_code == 404
    approve_item(item, actor=world.reviewer)
    answer = client_for(leader).get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="phong-chay-rung.zip"'
    packed = ZipFile(BytesIO(b"".join(answer.streaming_content)))
    assert packed.namelist() == ["loi-dang.txt", "01-anh-ban-dong-1.png"]
    lines = packed.read("loi-dang.txt").decode("utf-8-sig").splitlines()
    assert lines[0] == "Phòng cháy rừng" and lines[2:4] == ["Dòng một", "Dòng hai"]
    assert lines[-1].startswith(f"Nguồn: {item.agency.name}")
