"""Pages of long lists: beyond the first page, first which rows, by what an index holds, then all that is shown of them."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


class LongPaginator(Paginator):
    """A deep page skips keys, from the nearer end, not whole rows: joins, annotations and wide columns are read for the page only.

    Costs one query more there. Lists in memory, unions and distinct rows are cut as Django does.
    `keys_first`: also on the first page, for rows whose annotations cost much each.
    """

    keys_first = False

    def page(self, number) -> Page:
        number = self.validate_number(number)
        if not self.skips_keys or (number == 1 and not self.keys_first):
            return super().page(number)
        return Page(self.object_list.filter(pk__in=list(self.keys_of(number))), number, self)

    def keys_of(self, number: int) -> QuerySet:
        """The keys of a page, skipped to from the nearer end of the list."""
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        keys = self.object_list.values_list("pk", flat=True)
        if first > self.count // 2 and keys.ordered:
            return keys.reverse()[self.count - last : self.count - first]
        return keys[first:last]

    @property
    def skips_keys(self) -> bool:
        rows = self.object_list
        return isinstance(rows, QuerySet) and not rows.query.distinct and not rows.query.combinator


class SearchPaginator(LongPaginator):
    """Rows found by words inside a text, where the database reads many to find few: it does so once, not twice.

    The first page is read before all are counted, and when it holds all of them there is nothing left to count.
    """

    def get_page(self, number) -> Page:
        if number not in (None, "", "1"):
            return super().get_page(number)
        rows = list(self.object_list[: self.per_page + 1])
        if len(rows) <= self.per_page:
            self.count = len(rows)
        return Page(rows[: self.per_page], 1, self)
