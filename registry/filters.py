"""Filters of the registry's lists: the same words in the address of the page, the export and the API."""

import django_filters
from django import forms

from registry.models import Agency, AgencyKind, AgencyStatus, Channel, ChannelKind


class SearchInput(forms.TextInput):
    input_type = "search"


class AgencyFilter(django_filters.FilterSet):
    """Agencies by name (former names too), kind and status. Without a search, closed agencies stay out of the way."""

    q = django_filters.CharFilter(label="Tên cơ quan", method="by_words", widget=SearchInput)
    kind = django_filters.ChoiceFilter(label="Loại cơ quan", choices=AgencyKind.choices, empty_label="Tất cả")
    status = django_filters.ChoiceFilter(
        label="Tình trạng", choices=AgencyStatus.choices, empty_label="Tất cả", method="by_status"
    )

    class Meta:
        model = Agency
        fields = ["q", "kind", "status"]

    def by_words(self, queryset, name, words):
        return queryset.search(words)

    def by_status(self, queryset, name, status):
        return queryset.filter(status=status)

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data
        return queryset if chosen.get("q") or chosen.get("status") else queryset.active()


class ChannelFilter(django_filters.FilterSet):
    """Channels by name or agency, platform and kind of agency."""

    q = django_filters.CharFilter(label="Tên kênh hoặc cơ quan", method="by_words", widget=SearchInput)
    kind = django_filters.ChoiceFilter(label="Loại kênh", choices=ChannelKind.choices, empty_label="Tất cả")
    agency_kind = django_filters.ChoiceFilter(
        label="Loại cơ quan", field_name="agency__kind", choices=AgencyKind.choices, empty_label="Tất cả"
    )

    class Meta:
        model = Channel
        fields = ["q", "kind", "agency_kind"]

    def by_words(self, queryset, name, words):
        return queryset.search(words)
