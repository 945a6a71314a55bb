"""Lists of the registry as tables, with the very columns that import reads: out, edit, in again."""

from itertools import repeat

from django.db.models import F, Prefetch
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
CHUNK = 2000
AGENCY_KINDS, CONTACT_ROLES = dict(AgencyKind.choices), dict(ContactRole.choices)
KIND_OF_CHANNEL = dict(ChannelKind.choices)
HOME = {"ma_don_vi": F("agency__code"), "ten_don_vi": F("agency__name")}
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


def count_rows(kind, *, user, params=None) -> int:
    """How many rows the table has at most (one query): whether a page can write it while the person waits."""
    params = {key: text.clean_line((params or {}).get(key, "")) for key in FILTERS}
    return FOUND[kind](user, params).count()


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
    """Values in the order of the columns, any of which a row may leave out."""
    keys, nothing = [column.key for column in columns], repeat("")
    for number, row in enumerate(rows, start=1):
        row["stt"] = number
        yield [*map(row.get, keys, nothing)]


def _masked(row: dict) -> dict:
    if phone := row.get("dien_thoai"):
        row["dien_thoai"] = mask_phone(phone)
    if email := row.get("email"):
        row["email"] = mask_email(email)
    return row


def mask_email(email: str) -> str:
    """First letter and the host: a•••@tinh.gov.vn."""
    name, _, host = email.partition("@")
    return f"{name[:1]}•••@{host}"


def _found_agencies(user, params):
    found = Agency.objects.visible_to(user).filter(status=AgencyStatus.ACTIVE).select_related("parent")
    if params["q"]:
        found = found.search(params["q"])
    if params["kind"]:
        found = found.filter(kind=params["kind"])
    return found


def _agencies(user, params):
    rows = _found_agencies(user, params).order_by("kind", "sort_key", "pk").values(
        ma_don_vi=F("code"), ten_don_vi=F("name"), ten_viet_tat=F("short_name"), loai=F("kind"), ma_gso=F("gso_code"),
        cap_tren=F("parent__name"), tu_ngay=F("founded_on"),
    )  # fmt: skip
    for row in rows.iterator(CHUNK):
        row["loai"] = AGENCY_KINDS[row["loai"]]
        yield row


def _found_contacts(user, params):
    found = ContactPoint.objects.visible_to(user).filter(
        status=ContactStatus.CONFIRMED, agency__status=AgencyStatus.ACTIVE
    )
    if params["q"]:
        found = found.search(params["q"])
    if params["agency"]:
        found = found.filter(agency__code=params["agency"])
    if params["kind"]:
        found = found.filter(agency__kind=params["kind"])
    return found


def _contacts(user, params):
    rows = _found_contacts(user, params).order_by("agency__sort_key", "sort_key", "pk").values(
        "email", **HOME, ho_ten=F("full_name"), chuc_vu=F("position"), dien_thoai=F("phone"), vai_tro=F("role"),
        thay_the=F("is_deputy"),
    )  # fmt: skip
    for row in rows.iterator(CHUNK):
        row["vai_tro"], row["thay_the"] = CONTACT_ROLES[row["vai_tro"]], "có" if row["thay_the"] else ""
        yield row


def _channels(user, params):
    rows = _confirmed_channels(user, params).order_by("agency__sort_key", "kind", "sort_key", "pk")
    rows = rows.values(
        **HOME, loai_kenh=F("kind"), ten_kenh=F("name"), duong_dan=F("url"), gioi_thieu=F("description"),
        so_quyet_dinh=F("decision_number"), ngay_quyet_dinh=F("decision_on"),
    )  # fmt: skip
    for row in rows.iterator(CHUNK):
        row["loai_kenh"] = KIND_OF_CHANNEL[row["loai_kenh"]]
        yield row


def _registrations(user, params):
    """One row for each channel and the first person who keeps it; channels that nobody keeps are left out."""
    keepers = ContactPoint.objects.filter(status=ContactStatus.CONFIRMED, role=ContactRole.CHANNEL_ADMIN)
    keepers = keepers.exclude(phone="").exclude(email="").order_by("is_deputy", "pk")
    prefetch = Prefetch("agency__contact_points", queryset=keepers, to_attr="keepers")
    channels = _confirmed_channels(user, params).exclude(url="").exclude(decision_on=None)
    channels = channels.select_related("agency").prefetch_related(prefetch)
    for channel in channels.order_by("agency__sort_key", "kind", "pk"):
        if not channel.agency.keepers:
            continue
        person = channel.agency.keepers[0]
        yield _home(channel.agency) | {
            "ho_ten": person.full_name, "chuc_vu": person.position, "dien_thoai": person.phone, "email": person.email,
            "loai_kenh": CHANNEL_KINDS[channel.kind][0], "duong_dan": channel.url, "ngay": channel.decision_on,
        }  # fmt: skip


def _confirmed_channels(user, params):
    found = Channel.objects.visible_to(user).published()
    if params["q"]:
        found = found.search(params["q"])
    if params["kind"]:
        found = found.filter(kind=params["kind"])
    if params["agency"]:
        found = found.filter(agency__code=params["agency"])
    return found


def _home(agency) -> dict:
    return {"ma_don_vi": agency.code, "ten_don_vi": agency.name}


ROWS = {"agencies": _agencies, "contacts": _contacts, "channels": _channels, "registrations": _registrations}
FOUND = {
    "agencies": _found_agencies,
    "contacts": _found_contacts,
    "channels": _confirmed_channels,
    "registrations": _confirmed_channels,
}
