"""The filter bar of figures: words and kind of agency, as a page, a file and a job in the background read them.

Beside it the report's grouping: by kind of agency, or `?theo=truc-thuoc` by the agency above.
"""

from dataclasses import dataclass

from registry.models import Agency, AgencyKind

BY_PARENT = "truc-thuoc"


def is_by_parent(request) -> bool:
    """Whether the address asks for the grouping by the agency above."""
    return request.GET.get("theo") == BY_PARENT


@dataclass(frozen=True)
class Narrowing:
    """What the reader typed into the filter bar; an unknown kind filters nothing."""

    words: str
    kind: str

    @classmethod
    def of(cls, request) -> "Narrowing":
        kind = request.GET.get("loai", "")
        return cls(request.GET.get("q", "").strip()[:100], kind if kind in AgencyKind.values else "")

    def __bool__(self) -> bool:
        return bool(self.words or self.kind)

    def agencies(self, rows):
        rows = rows.filter(kind=self.kind) if self.kind else rows
        return rows.search(self.words) if self.words else rows

    def duties(self, rows):
        """By the kind that the agency had then, and by any name that it ever had."""
        rows = rows.filter(agency_kind=self.kind) if self.kind else rows
        return rows.filter(agency__in=Agency.objects.search(self.words)) if self.words else rows

    @property
    def words_of_scope(self) -> str:
        """What a narrowed report says of itself; "" for the whole province."""
        kind = f"khối {AgencyKind(self.kind).label}" if self.kind else ""
        words = f"đơn vị có “{self.words}” trong tên" if self.words else ""
        return ", ".join(filter(None, [kind, words]))
