"""Who may do what on the province's desk: campaigns, duties, reviewing, publishing. Focal points are kept out of all of it."""

from tests.access import reviewer_page, staff_page


def pk_of(name):
    return lambda world: {"pk": getattr(world, name).pk}


def act(kwargs, done=302, **changes):
    """A POST of reviewers and administrators."""
    return reviewer_page(kwargs, method="POST", reviewer=done, administrator=done, **changes)


def further_key(world):
    return {"pk": world.channel.pk, "key_pk": world.further_key.pk}


ROWS = {
    "desk": staff_page(),
    "obligation_list": staff_page(),
    "obligation_desk": staff_page(pk_of("obligation")),
    "obligation_exempt": [
        reviewer_page(pk_of("obligation")),
        act(pk_of("obligation"), data=lambda world: {"reason": "Công văn 12/SYT-VP"}),
    ],
    "obligation_unexempt": [
        reviewer_page(pk_of("obligation")),
        act(pk_of("exempted"), data=lambda world: {"reason": "Miễn nhầm đơn vị"}),
    ],
    "obligation_extend": [
        reviewer_page(pk_of("obligation")),
        act(pk_of("obligation"), data=lambda world: {"reason": "Bão số 9", "until": "31/12/2099"}),
    ],
    "contact_reveal": act(pk_of("contact"), done=200),
    "campaign_list": staff_page(),
    "campaign_new": reviewer_page(),
    "campaign": [staff_page(pk_of("campaign")), staff_page(pk_of("draft_campaign"))],
    "campaign_edit": [reviewer_page(pk_of("campaign")), reviewer_page(pk_of("draft_campaign"))],
    "campaign_issue": [reviewer_page(pk_of("draft_campaign")), act(pk_of("draft_campaign"))],
    "campaign_close": [
        reviewer_page(pk_of("campaign")),
        act(pk_of("campaign"), data=lambda world: {"reason": "Hết đợt"}),
    ],
    "dispatch_new": reviewer_page(pk_of("draft_campaign")),
    "dispatch_edit": reviewer_page(pk_of("dispatch")),
    "requirement_new": reviewer_page(lambda world: {"pk": world.draft_campaign.pk, "kind": "submit_content"}),
    "requirement_edit": reviewer_page(pk_of("requirement")),
    "requirement_remove": act(pk_of("requirement")),
    "review_queue": [staff_page(), staff_page(query="?loai=dau-moi"), staff_page(query="?loai=kenh")],
    "review_bulk": act(lambda world: {}, done=200, data=lambda world: {"chon": f"{world.item.pk}:1"}),
    "review_item": staff_page(pk_of("item")),
    "item_decide": act(pk_of("item"), data=lambda world: {"act": "approve", "version": 1}),
    "review_contact": [
        staff_page(pk_of("proposed_contact")),
        act(pk_of("proposed_contact"), data=lambda world: {"act": "confirm"}),
    ],
    "hand_over": reviewer_page(pk_of("contact")),
    "contact_leave": [
        reviewer_page(pk_of("contact")),
        act(pk_of("contact"), data=lambda world: {"on": "01/11/2026", "reason": "Chuyển công tác"}),
    ],
    "review_channel": [
        staff_page(pk_of("proposed_channel")),
        act(pk_of("proposed_channel"), data=lambda world: {"act": "confirm"}),
    ],
    "review_change": [staff_page(pk_of("change")), act(pk_of("change"), data=lambda world: {"act": "confirm"})],
    "channel_change_now": [
        reviewer_page(pk_of("channel")),
        act(pk_of("channel"), data=lambda world: {"name": "Tên mới của kênh", "note": "Đơn vị báo qua công văn"}),
    ],
    "channel_add_address": [
        reviewer_page(pk_of("channel")),
        act(pk_of("channel"), data=lambda world: {"url": "https://www.facebook.com/cung.la.yte", "reason": "Công văn"}),
    ],
    "channel_end_address": reviewer_page(further_key),
    "channel_suspend": [
        reviewer_page(pk_of("channel")),
        act(pk_of("channel"), data=lambda world: {"reason": "Đang xác minh"}),
    ],
    "channel_resume": reviewer_page(pk_of("channel")),
    "channel_reconfirm": reviewer_page(pk_of("channel")),
    "channel_close": [
        reviewer_page(pk_of("channel")),
        act(pk_of("channel"), data=lambda world: {"reason": "Không dùng nữa"}),
    ],
    "publish_list": staff_page(),
    "publish_item": reviewer_page(pk_of("approved_item")),
}
