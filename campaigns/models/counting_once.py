"""One product counts once: the same post or text of one agency is neither handed in nor accepted a second time."""

from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db.models import Q

from campaigns.models.content_status import COUNTED
from campaigns.models.version import ContentVersion
from portal.lib import periods
from portal.lib.fingerprints import link_key


def same_words(version) -> Q | None:
    """The condition for versions of the same post or the same text; None when this one has neither."""
    marks = [Q(**{name: value}) for name in ("link_key", "body_hash") if (value := getattr(version, name))]
    return reduce(or_, marks) if marks else None


def refuse_same_link(item):
    """ValidationError when the agency handed this link in before, in a product that waits or was accepted."""
    key = link_key(item.link)
    if not key:
        return
    same = item.agency.items.filter(status__in=COUNTED, versions__link_key=key).exclude(pk=item.pk)
    known = same.order_by("submitted_at").first()
    if known:
        day = periods.local_day(known.submitted_at)
        raise ValidationError(
            {"link": f"Đơn vị đã nộp bài này ngày {day:%d/%m/%Y} (“{known.title}”). Mỗi bài chỉ tính một lần."}
        )


def refuse_counted_twice(item, version):
    """ValidationError when the same post or text of the same agency was accepted already."""
    condition = same_words(version)
    if condition is None:
        return
    accepted = ContentVersion.objects.filter(condition, is_accepted=True)
    known = (
        item.agency.items.accepted().exclude(pk=item.pk).filter(versions__in=accepted).order_by("decided_at").first()
    )
    if known:
        raise ValidationError(
            f"Trùng với “{known.title}” của đơn vị, đã được duyệt ngày {periods.local_day(known.decided_at):%d/%m/%Y}. "
            "Mỗi sản phẩm chỉ tính một lần: hãy trả lại với lý do “Trùng sản phẩm đã nộp”."
        )
