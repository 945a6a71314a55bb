"""Sheets of channels: an address is read into its key, then the channel is proposed and confirmed, or corrected."""

from functools import partial

from django.core.exceptions import ValidationError

from portal.lib.text import fold
from registry.importing.plan import Act, Entry, State, compare
from registry.models import Agency, Channel, ChannelKey, ChannelKind, ChannelStatus, KnownFake
from registry.models.channel_kinds import OFFLINE_KINDS, own_address
from registry.models.entering import enter_channels
from registry.sheets import Row, Sheet, columns_of

REASON = "Nhập từ bảng"
CHUNK = 400
NO_ADDRESS = "Hãy ghi đường link của kênh."
NO_NAME = "Kênh không có đường link phải có tên. Hãy điền ô này."
SUSPENDED = "Kênh này đang tạm dừng. Hãy cho hoạt động lại ở trang của kênh trước."


class ChannelPlanner:
    """Reads every address once, then asks for the channels that have those keys: one query for 400 keys."""

    def __init__(self, sheet: Sheet, homes: dict[int, Agency]):
        self.labels = {column.key: column.label for column in columns_of(sheet.kind)}
        self.keys: dict[int, str] = {}
        self.urls: dict[int, str] = {}
        for row in sheet.rows:
            self._read_address(row)
        keys = sorted({key for key in self.keys.values() if key})
        self.by_key, self.fakes = _channels_with(keys), KnownFake.objects.listed_among(keys)
        agencies = {agency.pk for agency in homes.values()}
        offline = Channel.objects.filter(agency__in=agencies, kind__in=OFFLINE_KINDS, url="").exclude(
            status=ChannelStatus.CLOSED
        )
        self.offline = {(c.agency_id, c.kind, c.name_norm): c for c in offline}
        self.taken: dict[object, tuple[Row, Agency]] = {}

    def plan(self, row: Row, agency: Agency) -> Act | None:
        """What the row does to one channel; None when the row is refused."""
        if row.problems or row.number not in self.keys:
            return None
        kind, key = row.values["loai_kenh"], self.keys[row.number]
        identity = key or (agency.pk, kind, fold(row.values.get("ten_kenh", "")))
        if earlier := self.taken.get(identity):
            return self._repeated(row, agency, *earlier)
        self.taken[identity] = (row, agency)
        known = self.by_key.get(key) if key else self.offline.get(identity)
        if fake := self.fakes.get(key):
            row.refuse(self.labels["duong_dan"], fake.refusal())
            return None
        if known:
            return self._known(row, agency, known)
        name = row.values.get("ten_kenh") or _name_for(kind, agency)
        draft = {"agency": agency, "kind": kind, "name": name, "url": self.urls.get(row.number, ""), "key": key}
        what = f"{ChannelKind(kind).label} “{name}” của {agency.name}"
        return Act(State.NEW, what, entry=Entry(enter_channels, _register, draft | _facts(row.values)))

    def _read_address(self, row: Row) -> None:
        """Put the row's key in `keys` ('' = a kind without address), or refuse the row."""
        kind, url = row.values.get("loai_kenh", ""), row.values.get("duong_dan", "")
        if (
            not kind
            or "duong_dan" not in row.values
            and any(p.column == self.labels["duong_dan"] for p in row.problems)
        ):
            return
        if not url:
            self._without_address(row, kind)
            return
        try:
            address = own_address(kind, url)
            self.keys[row.number], self.urls[row.number] = address.key, address.canonical_url
        except ValidationError as error:
            row.refuse(self.labels["duong_dan"], error.messages[0])

    def _without_address(self, row: Row, kind: str) -> None:
        if kind not in OFFLINE_KINDS:
            if not any(problem.column == self.labels["duong_dan"] for problem in row.problems):
                row.refuse(self.labels["duong_dan"], NO_ADDRESS)
        elif not row.values.get("ten_kenh"):
            row.refuse(self.labels.get("ten_kenh", "Tên kênh"), NO_NAME)
        else:
            self.keys[row.number] = ""

    def _repeated(self, row: Row, agency: Agency, earlier: Row, owner: Agency) -> Act | None:
        if owner != agency:
            sentence = f"Địa chỉ này đã ghi ở dòng {earlier.line} cho “{owner.name}”. Mỗi kênh thuộc một cơ quan."
            row.refuse(self.labels["duong_dan"], sentence)
            return None
        return Act(State.UNCHANGED, f"Trùng dòng {earlier.line}")

    def _known(self, row: Row, agency: Agency, known: Channel) -> Act | None:
        if known.agency_id != agency.pk:
            sentence = f"Địa chỉ này đã đăng ký: kênh “{known.name}” của {known.agency.name}."
            row.refuse(self.labels["duong_dan"], sentence)
            return None
        if known.status == ChannelStatus.SUSPENDED:
            row.refuse(self.labels["duong_dan"], SUSPENDED)
            return None
        facts = _facts(row.values)
        changed, differences = compare(
            {
                "name": ("Tên kênh", known.name, row.values.get("ten_kenh", "")),
                "description": ("Giới thiệu", known.description, facts["description"]),
                "decision_number": ("Số quyết định", known.decision_number, facts["decision_number"]),
                "decision_on": ("Ngày quyết định", known.decision_on, facts["decision_on"]),
            }
        )
        what = f"{known.get_kind_display()} “{known.name}” của {agency.name}"
        if not changed and known.status == ChannelStatus.CONFIRMED:
            return Act(State.UNCHANGED, what)
        return Act(State.CHANGED, what, differences, partial(_correct, channel=known, changed=changed))


def _channels_with(keys: list[str]) -> dict[str, Channel]:
    """Channels that are not closed, by key; a live one wins over a proposal with the same key."""
    found: dict[str, Channel] = {}
    for start in range(0, len(keys), CHUNK):
        rows = (
            ChannelKey.objects.filter(key__in=keys[start : start + CHUNK])
            .exclude(channel__status=ChannelStatus.CLOSED)
            .select_related("channel__agency")
            .order_by("is_live", "pk")
        )
        found |= {row.key: row.channel for row in rows}
    return found


def _facts(values: dict) -> dict:
    """The day of a registration sheet is the day from which the channel was allowed."""
    return {
        "description": values.get("gioi_thieu", ""),
        "decision_number": values.get("so_quyet_dinh", ""),
        "decision_on": values.get("ngay_quyet_dinh") or values.get("ngay") or None,
    }


def _name_for(kind: str, agency: Agency) -> str:
    return f"{ChannelKind(kind).label} {agency.name}"[:200]


def _register(actor, draft: dict, now) -> None:
    facts = {name: value for name, value in draft.items() if name != "key"}
    Channel.propose(actor=actor, now=now, **facts).confirm(actor=actor, now=now)


def _correct(actor, *, channel: Channel, changed: dict) -> None:
    """A returned proposal is corrected and put up again; whatever was not confirmed yet is confirmed."""
    if channel.status == ChannelStatus.RETURNED:
        fields = ("name", "url", "description", "decision_number", "decision_on")
        channel.correct(actor=actor, **({name: getattr(channel, name) for name in fields} | changed))
    elif changed:
        channel.amend(actor=actor, reason=REASON, **changed)
    if channel.status == ChannelStatus.PROPOSED:
        channel.confirm(actor=actor)
