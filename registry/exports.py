"""Lists of the registry as tables, with the very columns that import reads: out, edit, in again."""

from django.db.models import Prefetch
from django.utils import timezone

from portal.lib import text
from portal.lib.documents.table import Column, Table
from portal.lib.phones import mask_phone
from registry.models import (
    Agency,
    AgencyKind,
    AgencyStatus,
    Channel,
    ChannelKind,
    ContactPoint,
    ContactRole,
    ContactStatus,
    PersonalDataAccess,
)
from registry.sheets import columns_of
from registry.sheets.schema import KIND_LABELS
from registry.sheets.words import CHANNEL_KINDS

WIDTHS = {"stt": 6, "ten_don_vi": 40, "ho_ten": 26, "duong_dan": 44, "email": 30, "ten_kenh": 36, "gioi_thieu": 30}
FILTERS = ("q", "kind", "agency")


def export_table(kind, *, user, params=None, reveal=False) -> Table:
    """Rows that the person may see, filtered by `q`, `kind` (of agency or channel) and `agency` (code).

    Phones and personal e-mails are masked unless `reveal`; the caller has asked for a reason and logged it.
    """
    rows = ROWS[kind](user, {key: text.clean_line((params or {}).get(key, "")) for key in FILTERS})
    if not reveal:
        rows = (_masked(row) for row in rows)
    columns = [
        Column(column.key, column.label, _kind_of(column), WIDTHS.get(column.key, 18)) for column in columns_of(kind)
    ]
    return Table(f"Danh sách {KIND_LABELS[kind].lower()}", columns, _numbered(rows, columns), sheet="Danh sách")


def template_table(kind) -> Table:
    """The empty form to fill in."""
    columns = [Column(c.key, c.label, _kind_of(c), WIDTHS.get(c.key, 18)) for c in columns_of(kind)]
    return Table(f"Mẫu: {KIND_LABELS[kind]}", columns, [], sheet="Danh sách")


def log_export(*, actor, kind, reason, params=None, now=None) -> None:
    """Write down who took personal data out of the portal, which list, and why."""
    PersonalDataAccess.objects.create(
        actor=actor, act="Xuất danh sách", subject=f"{KIND_LABELS[kind]} {dict(params or {}) or ''}".strip()[:300],
        reason=reason[:300], at=now or timezone.now(),
    )  # fmt: skip


def _kind_of(column) -> str:
    return {"day": "date", "number": "integer"}.get(column.kind, "text")


def _numbered(rows, columns):
    for number, row in enumerate(rows, start=1):
        yield [number if column.key == "stt" else row.get(column.key, "") for column in columns]


def _masked(row: dict) -> dict:
    hidden = {"dien_thoai": mask_phone(row["dien_thoai"])} if row.get("dien_thoai") else {}
    if email := row.get("email"):
        hidden["email"] = mask_email(email)
    return row | hidden


def mask_email(email: str) -> str:
    """First letter and the host: a•••@tinh.gov.vn."""
    name, _, host = email.partition("@")
    return f"{name[:1]}•••@{host}"


def _agencies(user, params):
    found = Agency.objects.visible_to(user).filter(status=AgencyStatus.ACTIVE).select_related("parent")
    if params["q"]:
        found = found.search(params["q"])
    if params["kind"]:
        found = found.filter(kind=params["kind"])
    for agency in found.order_by("kind", "sort_key", "pk"):
        yield {
            "ma_don_vi": agency.code, "ten_don_vi": agency.name, "ten_viet_tat": agency.short_name,
            "loai": AgencyKind(agency.kind).label, "ma_gso": agency.gso_code,
            "cap_tren": agency.parent.name if agency.parent else "", "tu_ngay": agency.founded_on,
        }  # fmt: skip


def _contacts(user, params):
    found = ContactPoint.objects.visible_to(user).filter(
        status=ContactStatus.CONFIRMED, agency__status=AgencyStatus.ACTIVE
    )
    if params["q"]:
        found = found.search(params["q"])
    if params["agency"]:
        found = found.filter(agency__code=params["agency"])
    if params["kind"]:
        found = found.filter(agency__kind=params["kind"])
    for contact in found.select_related("agency").order_by("agency__sort_key", "sort_key", "pk"):
        yield _home(contact.agency) | {
            "ho_ten": contact.full_name, "chuc_vu": contact.position, "dien_thoai": contact.phone, "email": contact.email,
            "vai_tro": ContactRole(contact.role).label, "thay_the": "có" if contact.is_deputy else "",
        }  # fmt: skip


def _channels(user, params):
    for channel in _confirmed_channels(user, params).order_by("agency__sort_key", "kind", "sort_key", "pk"):
        yield _home(channel.agency) | {
            "loai_kenh": ChannelKind(channel.kind).label, "ten_kenh": channel.name, "duong_dan": channel.url,
            "gioi_thieu": channel.description, "so_quyet_dinh": channel.decision_number,
            "ngay_quyet_dinh": channel.decision_on,
        }  # fmt: skip


def _registrations(user, params):
    """One row for each channel and the first person who keeps it; channels that nobody keeps are left out."""
    keepers = ContactPoint.objects.filter(status=ContactStatus.CONFIRMED, role=ContactRole.CHANNEL_ADMIN)
    keepers = keepers.exclude(phone="").exclude(email="").order_by("is_deputy", "pk")
    prefetch = Prefetch("agency__contact_points", queryset=keepers, to_attr="keepers")
    channels = _confirmed_channels(user, params).exclude(url="").exclude(decision_on=None)
    for channel in channels.prefetch_related(prefetch).order_by("agency__sort_key", "kind", "pk"):
        if not channel.agency.keepers:
            continue
        person = channel.agency.keepers[0]
        yield _home(channel.agency) | {
            "ho_ten": person.full_name, "chuc_vu": person.position, "dien_thoai": person.phone, "email": person.email,
            "loai_kenh": CHANNEL_KINDS[channel.kind][0], "duong_dan": channel.url, "ngay": channel.decision_on,
        }  # fmt: skip


def _confirmed_channels(user, params):
    found = Channel.objects.visible_to(user).published().filter(agency__status=AgencyStatus.ACTIVE)
    if params["q"]:
        found = found.search(params["q"])
    if params["kind"]:
        found = found.filter(kind=params["kind"])
    if params["agency"]:
        found = found.filter(agency__code=params["agency"])
    return found.select_related("agency")


def _home(agency) -> dict:
    return {"ma_don_vi": agency.code, "ten_don_vi": agency.name}


ROWS = {"agencies": _agencies, "contacts": _contacts, "channels": _channels, "registrations": _registrations}
