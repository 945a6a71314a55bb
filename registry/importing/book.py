"""Which agency a row means: by code, then by name. Four queries whatever the number of rows."""

import difflib
from dataclasses import dataclass, field

from portal.lib.text import fold
from registry.models import Agency, AgencyName, AgencyStatus, AgencySuccession, ReorganisationState

PREFIXES = ("uy ban nhan dan ", "ubnd ")


@dataclass
class Unknown(Exception):
    """The row names no agency that can be used; `column` is the key of the cell to correct."""

    column: str
    message: str


def bare(name: str) -> str:
    """Folded, without "UBND": the sheet's "Xã Đồng Đăng" is the register's "UBND xã Đồng Đăng"."""
    folded = fold(name)
    return next((folded.removeprefix(prefix) for prefix in PREFIXES if folded.startswith(prefix)), folded)


@dataclass
class AgencyBook:
    """Every agency under every spelling by which a sheet may call it.

    `heirs`: who came after a closed agency. `hints`: how many unknown names are still compared with all others.
    """

    by_code: dict[str, list[Agency]] = field(default_factory=dict)
    by_name: dict[str, list[Agency]] = field(default_factory=dict)
    gone: dict[str, Agency] = field(default_factory=dict)
    former: dict[str, AgencyName] = field(default_factory=dict)
    heirs: dict[int, list[Agency]] = field(default_factory=dict)
    hints: int = 200
    asked: dict[tuple[str, str], "Agency | Unknown"] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "AgencyBook":
        book = cls()
        for agency in Agency.objects.order_by("pk"):
            book.add(agency)
        for row in AgencyName.objects.exclude(valid_to=None).select_related("agency").order_by("valid_to"):
            book.former[fold(row.name)] = row
        done = AgencySuccession.objects.filter(reorganisation__state=ReorganisationState.DONE)
        for row in done.select_related("successor").order_by("-is_home", "pk"):
            book.heirs.setdefault(row.predecessor_id, []).append(row.successor)
        return book

    def add(self, agency: Agency) -> None:
        if agency.status != AgencyStatus.ACTIVE:
            self.gone[fold(agency.name)] = agency
            return
        for code in {fold(agency.code), fold(agency.short_name), fold(agency.gso_code)} - {""}:
            self.by_code.setdefault(code, []).append(agency)
        for name in {fold(agency.name), bare(agency.name)}:
            self.by_name.setdefault(name, []).append(agency)

    def find(self, code: str, name: str) -> Agency:
        """The one active agency of this code and name. Raises Unknown with the sentence for the person."""
        found = self.asked.get((code, name))
        if found is None:
            try:
                found = self._find(code, name)
            except Unknown as unknown:
                found = unknown
            self.asked[code, name] = found
        if isinstance(found, Unknown):
            raise Unknown(found.column, found.message)
        return found

    def _find(self, code: str, name: str) -> Agency:
        named = self._named(name) if name else None
        coded = self._coded(code) if code else None
        if coded and name and named != coded:
            raise Unknown("ma_don_vi", self._disagreement(code, coded, name, named))
        if coded:
            return coded
        if named is None:
            raise Unknown("ten_don_vi", self._why_unknown(name))
        if code and named.code and fold(named.code) != fold(code):
            raise Unknown("ma_don_vi", f"Không có cơ quan nào mang mã “{code}”; “{named.name}” mang mã {named.code}.")
        return named

    def existing(self, code: str, name: str) -> Agency | None:
        """For sheets of agencies: the active one that this row describes, or None when it is new."""
        exact = self.by_name.get(fold(name), [])
        same_name = next((agency for agency in exact if fold(agency.name) == fold(name)), None)
        owners = [agency for agency in self.by_code.get(fold(code), []) if fold(agency.code) == fold(code)]
        owner = owners[0] if code and owners else None
        if owner and same_name is not owner:
            raise Unknown(
                "ma_don_vi", f"Mã “{code}” đang thuộc “{owner.name}”. Đổi tên cơ quan phải làm ở trang của cơ quan đó."
            )
        return owner or same_name

    def _named(self, name: str) -> Agency | None:
        found = self.by_name.get(fold(name)) or self.by_name.get(bare(name)) or []
        exact = [agency for agency in found if fold(agency.name) == fold(name)]
        candidates = exact or found
        if len(candidates) > 1:
            raise Unknown("ten_don_vi", f"Có nhiều cơ quan tên “{name}”. Hãy ghi thêm mã đơn vị.")
        return candidates[0] if candidates else None

    def _coded(self, code: str) -> Agency | None:
        found = self.by_code.get(fold(code), [])
        owners = [agency for agency in found if fold(agency.code) == fold(code)] or found
        return owners[0] if len(owners) == 1 else None

    def _disagreement(self, code: str, coded: Agency, name: str, named: Agency | None) -> str:
        if named is None and (fold(name) in self.gone or fold(name) in self.former):
            return self._why_unknown(name)
        return f"Mã “{code}” là của “{coded.name}”, không phải “{name}”. Hãy sửa mã hoặc tên."

    def _why_unknown(self, name: str) -> str:
        folded = fold(name)
        if folded in self.gone or folded in self.former:
            return self._of_the_past(folded)
        near = self._nearest(folded)
        if near is None:
            return f"Không có cơ quan nào tên “{name[:80]}”. Hãy thêm cơ quan trước."
        if near in self.by_name:
            return f"Không có cơ quan nào tên “{name[:80]}”. Có phải “{self.by_name[near][0].name}”?"
        return f"Không có cơ quan nào tên “{name[:80]}”. {self._of_the_past(near)}"

    def _of_the_past(self, folded: str) -> str:
        """A closed agency with its heirs, or a former name with today's."""
        if folded not in self.gone:
            former = self.former[folded]
            until = f"{former.valid_to:%d/%m/%Y}"
            if former.agency.status == AgencyStatus.ACTIVE:
                return f"“{former.name}” là tên cũ (đến {until}), nay là “{former.agency.name}”. Hãy ghi tên hiện nay."
            return f"“{former.name}” là tên cũ (đến {until}). {self._of_the_past(fold(former.agency.name))}"
        gone = self.gone[folded]
        why = f" {gone.closed_reason}" if gone.closed_reason else ""
        heirs = " hoặc ".join(f"“{agency.name}”" for agency in self._heirs_of(gone)[:3])
        hint = f"Có phải {heirs}?" if heirs else "Hãy ghi cơ quan hiện nay."
        return f"“{gone.name}” đã kết thúc hoạt động từ {gone.closed_on:%d/%m/%Y}.{why} {hint}"

    def _heirs_of(self, gone: Agency) -> list[Agency]:
        """Living agencies that came after it, also by way of others that are closed by now."""
        found, waiting, seen = [], [gone], set()
        while waiting:
            for heir in self.heirs.get(waiting.pop(0).pk, []):
                if heir.pk not in seen:
                    seen.add(heir.pk)
                    (found if heir.status == AgencyStatus.ACTIVE else waiting).append(heir)
        return found

    def _nearest(self, folded: str) -> str | None:
        """The name that a slip of a letter may have meant; not asked for ever in a sheet of strange names."""
        if self.hints <= 0:
            return None
        self.hints -= 1
        for names in (self.by_name, {**self.gone, **self.former}):
            if near := difflib.get_close_matches(folded, names, n=1, cutoff=0.8):
                return near[0]
        return None
