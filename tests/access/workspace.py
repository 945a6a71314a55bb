"""Who may open what of the focal points' workspace."""

import uuid

from django.core.files.base import ContentFile as Bytes
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns import short_links
from campaigns.attaching import attach
from campaigns.links import make_token
from campaigns.models import Upload
from tests.access import Row, own_page
from tests.builders import draft_item
from tests.pictures import png


def duty(world):
    return {"pk": world.obligation.pk}


def nomination(world):
    return {"pk": world.nomination.pk}


def item(world):
    return {"pk": world.item.pk}


def draft(world):
    return {"pk": world.draft.pk}


def picture(world):
    """A picture of a submitted item."""
    product = draft_item(world.obligation, actor=world.focal, now=None)
    assert attach(product, [SimpleUploadedFile("anh.png", png())], world.focal) == []
    product.submit(actor=world.focal)
    return {"pk": product.files.get().pk}


def picture_of_draft(world):
    """A picture of a draft: the province doesn't see it yet."""
    assert attach(world.draft, [SimpleUploadedFile("anh.png", png())], world.focal) == []
    return {"pk": world.draft.files.get().pk}


def half_upload(world):
    """A file of which nothing came yet."""
    upload = Upload.objects.create(item=world.draft, person=world.focal, mark="x", name="a.png", size=9)
    return {"key": upload.key}


def whole_upload(world):
    upload = Upload.objects.create(item=world.draft, person=world.focal, mark="x", name="a.png", size=8)
    upload.take(0, b"\x89PNG....", timezone.now())
    return {"key": upload.key}


def dispatch(world):
    world.dispatch.file.save("cong-van.pdf", Bytes(b"%PDF-1.4"))
    return {"pk": world.dispatch.pk}


def returned_contact(world):
    world.proposed_contact.return_for_changes(actor=world.reviewer, reason="Sai số điện thoại.")
    return {"pk": world.proposed_contact.pk}


def returned_channel(world):
    world.proposed_channel.return_for_changes(actor=world.reviewer, reason="Sai tên kênh.")
    return {"pk": world.proposed_channel.pk}


def token(world):
    return {"token": make_token(world.focal, world.obligation)}


def own_post(world):
    return {"pk": world.focal.contact_points.get().pk}


def channel(world):
    return {"pk": world.channel.pk}


def change(world):
    return {"pk": world.change.pk}


def own_act(kwargs, **changes):
    """A POST of the agency's own people."""
    return own_page(kwargs, method="POST", focal=302, **changes)


every_focal_point = own_page(other=200)


def code(world):
    return {"code": short_links.new_code(world.focal, world.obligation, timezone.now())}


ROWS = {
    "my_work": every_focal_point,
    "obligation": own_page(duty),
    "nominate": own_page(nomination),
    "report_nothing": own_page(duty),
    "item_new": own_page(duty),
    "item": own_page(item),
    "item_edit": own_page(draft),
    "item_withdraw": own_page(item),
    "contact_correct": own_page(returned_contact),
    "contact_hand_over": own_page(lambda world: {"pk": world.contact.pk}),
    # The person's own answer by POST, nobody else's; staff are sent to the desk.
    "contact_answer": Row(
        own_post,
        other=404,
        focal=302,
        leader=302,
        reviewer=302,
        administrator=302,
        method="POST",
        data=lambda world: {"act": "accept"},
    ),  # fmt: skip
    "channel_propose": every_focal_point,
    # A confirmed channel is public: another agency learns nothing from being refused.
    "channel_correct": [own_page(returned_channel), own_page(lambda world: {"pk": world.channel.pk}, other=403)],
    "channel_still_right": Row(
        lambda world: {"pk": world.channel.pk}, method="POST", focal=302, leader=302, reviewer=302, administrator=302
    ),
    "channels_still_right": Row(
        method="POST",
        data=lambda world: {"agency": world.agency.pk},
        other=404,
        focal=302,
        leader=302,
        reviewer=302,
        administrator=302,
    ),
    "channel_change": own_page(channel, other=403),
    "channel_give_up": own_page(channel, other=403),
    "channel_keep": own_act(lambda world: {"pk": world.given_up_channel.pk}, other=403),
    "channel_change_correct": own_page(change),
    "channel_change_withdraw": own_act(change),
    "draft_save": own_page(duty, method="POST", data=lambda world: {"key": uuid.uuid4(), "title": "Nháp"}),
    "upload_start": own_page(draft, method="POST", data=lambda world: {"name": "a.png", "size": "9", "mark": "1"}),
    # An upload is the person's own: for everybody else of the workspace it isn't there.
    "upload_piece": Row(half_upload, other=404, focal=422, leader=302, reviewer=302, administrator=302, method="POST"),
    "upload_finish": Row(
        whole_upload, other=404, focal=422, leader=302, reviewer=302, administrator=302, method="POST"
    ),
    "upload_cancel": own_page(half_upload, method="POST"),
    "file_download": [
        Row(picture, other=404, focal=200),
        Row(picture_of_draft, other=404, focal=200, leader=404, reviewer=404, administrator=404),
    ],
    "file_preview": Row(picture, other=404, focal=200),
    # The campaign addresses the other agency too.
    "dispatch_download": Row(dispatch, other=200, focal=200),
    "signed_link": Row(token, visitor=200, other=200, focal=302, leader=200, reviewer=200, administrator=200),
    "short_link": Row(code, visitor=200, other=200, focal=302, leader=200, reviewer=200, administrator=200),
    # By POST only; what it does is tested in tests/campaigns/test_signed_links.py.
    "signed_link_leave": Row(visitor=405, other=405, focal=405, leader=405, reviewer=405, administrator=405),
    "notices": Row(other=200, focal=200),
}
