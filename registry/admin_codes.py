"""Printed codes and scans at /quan-tri/: to read. Places are noted and ended at the desk, scans come from the counter."""

from django.contrib import admin

from registry.admin_base import ReadOnlyAdmin
from registry.models import PrintedCode, ScanDay


@admin.register(PrintedCode)
class PrintedCodeAdmin(ReadOnlyAdmin):
    list_display = ["channel", "place", "posted_on", "posted_by", "removed_on", "removed_by"]
    list_filter = [("removed_on", admin.EmptyFieldListFilter), "channel__agency__kind"]
    list_select_related = ["channel", "posted_by", "removed_by"]
    search_fields = ["place_norm", "channel__name_norm"]
    date_hierarchy = "posted_on"


@admin.register(ScanDay)
class ScanDayAdmin(ReadOnlyAdmin):
    list_display = ["day", "channel", "count"]
    list_select_related = ["channel"]
    search_fields = ["channel__name_norm"]
    date_hierarchy = "day"
