"""Sheets of contact points: a person of an agency in a role is nominated and confirmed, or their data corrected."""

from functools import partial

from portal.lib.text import fold
from registry.importing.plan import Act, Entry, State, compare
from registry.models import Agency, ContactPoint, ContactRole, ContactStatus, Role, User
from registry.models.entering import enter_contacts
from registry.sheets import Row, Sheet, columns_of

REASON = "Nhập từ bảng"
CONFLICT = "Dòng {line} ghi khác cho cùng người này. Hãy giữ một dòng đúng."
STAFF_EMAIL = "Thư điện tử này là của một cán bộ tỉnh. Hãy ghi thư của chính đầu mối."
UNREACHABLE = "Hãy ghi số điện thoại hoặc thư điện tử của người này."
Key = tuple[int, str, str]


class ContactPlanner:
    """Knows every current contact point of the sheet's agencies; two queries for the whole sheet."""

    def __init__(self, sheet: Sheet, homes: dict[int, Agency]):
        self.default_role = ContactRole.CHANNEL_ADMIN if sheet.kind == "registrations" else ContactRole.POLICY
        self.labels = {column.key: column.label for column in columns_of(sheet.kind)}
        agencies = {agency.pk for agency in homes.values()}
        people = ContactPoint.objects.current().filter(agency__in=agencies)
        self.known: dict[Key, ContactPoint] = {(c.agency_id, c.role, c.name_norm): c for c in people}
        self.staff = set(User.objects.exclude(role=Role.FOCAL_POINT).exclude(email="").values_list("email", flat=True))
        self.staff = {email.lower() for email in self.staff}
        self.taken: dict[Key, Row] = {}

    def plan(self, row: Row, agency: Agency) -> Act | None:
        """What the row does to one person; None when the row is refused or names nobody."""
        values = row.values
        name = values.get("ho_ten", "")
        if not name or row.problems:
            return None
        role = values.get("vai_tro") or self.default_role
        key = (agency.pk, str(role), fold(name))
        if earlier := self.taken.get(key):
            return self._repeated(row, earlier)
        self.taken[key] = row
        if values.get("email", "") in self.staff:
            row.refuse(self.labels["email"], STAFF_EMAIL)
            return None
        known = self.known.get(key)
        if known:
            return self._correction(known, values, agency)
        if not values.get("dien_thoai") and not values.get("email"):
            row.refuse(self.labels["dien_thoai"], UNREACHABLE)
            return None
        what = f"{name}, {ContactRole(role).label.lower()} của {agency.name}"
        draft = {
            "agency": agency, "role": role, "full_name": name, "position": values.get("chuc_vu", ""),
            "phone": values.get("dien_thoai", ""), "email": values.get("email", ""),
            "is_deputy": values.get("thay_the") == "yes",
        }  # fmt: skip
        return Act(State.NEW, what, entry=Entry(enter_contacts, _nominate, draft))

    def _repeated(self, row: Row, earlier: Row) -> Act | None:
        for key in ("dien_thoai", "email"):
            if row.values.get(key) and earlier.values.get(key) and row.values[key] != earlier.values[key]:
                row.refuse(self.labels[key], CONFLICT.format(line=earlier.line))
                return None
        return Act(State.UNCHANGED, f"Trùng dòng {earlier.line}")

    def _correction(self, known: ContactPoint, values: dict, agency: Agency) -> Act:
        deputy = {"yes": True, "no": False}.get(values.get("thay_the", ""), "")
        changed, differences = compare(
            {
                "position": ("Chức vụ", known.position, values.get("chuc_vu", "")),
                "phone": ("Số điện thoại", known.phone, values.get("dien_thoai", "")),
                "email": ("Email", known.email, values.get("email", "")),
                "is_deputy": ("Là người thay thế", known.is_deputy, deputy),
            }
        )
        what = f"{known.full_name}, {agency.name}"
        if not changed and known.status == ContactStatus.CONFIRMED:
            return Act(State.UNCHANGED, what)
        return Act(State.CHANGED, what, differences, partial(_correct, contact=known, changed=changed))


def _nominate(actor, draft: dict, now) -> None:
    ContactPoint.propose(actor=actor, now=now, **draft).confirm(actor=actor, now=now)


def _correct(actor, *, contact: ContactPoint, changed: dict) -> None:
    """A returned nomination is corrected and put up again; whoever was not confirmed yet is confirmed."""
    if contact.status == ContactStatus.RETURNED:
        fields = ("full_name", "position", "phone", "email", "is_deputy")
        contact.correct(actor=actor, **({name: getattr(contact, name) for name in fields} | changed))
    elif changed:
        contact.amend(actor=actor, reason=REASON, **changed)
    if contact.status == ContactStatus.PROPOSED:
        contact.confirm(actor=actor)
