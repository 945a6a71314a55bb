"""Which acts on campaigns, duties and content are whose."""

from campaigns.models import ContentStatus
from registry.permissions import can_act_for, can_review

__all__ = ["can_answer", "can_review", "can_submit", "can_withdraw", "can_manage_campaigns"]


def can_manage_campaigns(user) -> bool:
    """Draft, change and issue campaigns: reviewers and administrators."""
    return can_review(user)


def can_manage_connectors(user) -> bool:
    """Paste tokens, switch connectors on and off: administrators."""
    return user.is_authenticated and user.is_administrator and not user.scope


def can_answer(user, obligation) -> bool:
    """Answer a duty (nominate, submit, report nothing): the agency's own people."""
    return can_act_for(user, obligation.agency) and user.scope in (None, obligation.pk)


def can_submit(user, item) -> bool:
    """Change and hand in an item: the agency's own people."""
    return can_answer(user, item.obligation)


def can_withdraw(user, item) -> bool:
    """Take an item back before it is accepted."""
    return can_submit(user, item) and item.status in (
        ContentStatus.DRAFT,
        ContentStatus.SUBMITTED,
        ContentStatus.CHANGES,
    )
