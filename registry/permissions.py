"""Which acts on the registry are whose. First `visible_to` says what exists for a person, then these judge the act."""

from registry.models import Agency, AgencyStatus, Role


def can_review(user) -> bool:
    """Confirm, return, approve, publish: reviewers and administrators. Leaders read only."""
    return user.is_authenticated and user.is_reviewer and not user.scope


def can_read_desk(user) -> bool:
    """See the province's desk: every member of the province's staff."""
    return user.is_authenticated and user.is_province_staff


def can_invite(user, role) -> bool:
    """Reviewers invite focal points; only administrators make staff."""
    return user.is_authenticated and (user.is_administrator or (user.is_reviewer and role == Role.FOCAL_POINT))


def can_act_for(user, agency) -> bool:
    """Speak in the name of an agency: its confirmed contact points, while it lives."""
    if not user.is_authenticated or user.is_province_staff or agency.status != AgencyStatus.ACTIVE:
        return False
    return Agency.objects.editable_by(user).filter(pk=agency.pk).exists()


def can_see_personal_data(user) -> bool:
    """Open a masked phone or e-mail in full; the opening is logged."""
    return can_review(user)


def can_read_access_log(user) -> bool:
    """Read who looked at whose personal data: administrators only, for it names everybody."""
    return user.is_authenticated and user.is_administrator
