"""Who looked at or exported whose personal data, when and why: for administrators, filtered, page by page, as a file."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.shortcuts import render
from django.utils import timezone

from portal.lib import periods, text
from portal.lib.documents.table import Column, Table
from registry.models import PersonalDataAccess
from registry.permissions import can_read_access_log
from registry.views.exports import download

PER_PAGE = 50
FORMATS = ("csv", "xlsx")
A_DAY_OF_OURS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
COLUMNS = (
    Column("at", "Lúc", "datetime", 18), Column("actor", "Người xem", width=28), Column("act", "Việc", width=24),
    Column("subject", "Về ai, dữ liệu nào", width=48), Column("reason", "Lý do", width=40),
)  # fmt: skip


class LogFilterForm(forms.Form):
    """Filters of the log; wrong values filter nothing."""

    q = forms.CharField(label="Người xem hoặc dữ liệu", required=False, max_length=100)
    act = forms.ChoiceField(label="Việc", required=False)
    first = forms.DateField(label="Từ ngày", required=False, validators=A_DAY_OF_OURS)
    last = forms.DateField(label="Đến hết ngày", required=False, validators=A_DAY_OF_OURS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        acts = PersonalDataAccess.objects.order_by("act").values_list("act", flat=True).distinct()
        self.fields["act"].choices = [("", "Tất cả"), *((act, act) for act in acts)]

    def narrow(self, rows):
        self.is_valid()
        values = self.cleaned_data
        if words := values.get("q"):
            exact = text.clean_line(words)
            rows = rows.filter(
                Q(actor__name_norm__contains=text.fold_query(words))
                | Q(subject__icontains=exact)
                | Q(reason__icontains=exact)
            )
        if values.get("act"):
            rows = rows.filter(act=values["act"])
        if values.get("first"):
            rows = rows.filter(at__gte=periods.start_of_day(values["first"]))
        if values.get("last"):
            rows = rows.filter(at__lt=periods.start_of_day(values["last"] + timedelta(days=1)))
        return rows


def access_log(request):
    """The page; ?dang=xlsx|csv downloads what is filtered. Taking the log out is itself an entry of the log."""
    if not can_read_access_log(request.user):
        raise PermissionDenied
    form = LogFilterForm(request.GET)
    rows = form.narrow(PersonalDataAccess.objects.select_related("actor"))
    if (wanted := request.GET.get("dang")) in FORMATS:
        table = table_of(list(rows))
        PersonalDataAccess.objects.create(
            actor=request.user, act="Xuất nhật ký dữ liệu cá nhân", subject=f"{len(table.rows)} dòng", at=timezone.now()
        )
        return download("nhat-ky-du-lieu-ca-nhan", wanted, table)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "registry/desk/access_log.html", {"form": form, "page": page})


def table_of(rows) -> Table:
    values = [[row.at, row.actor.full_name, row.act, row.subject, row.reason] for row in rows]
    return Table("Nhật ký xem dữ liệu cá nhân", COLUMNS, values, sheet="Nhat ky")
