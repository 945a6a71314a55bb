"""How every form of the house is drawn: Bootstrap classes, help and errors tied to their field for screen readers."""

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input

CLASS_OF_WIDGET = (
    (forms.CheckboxInput, "form-check-input"),
    ((forms.RadioSelect, forms.CheckboxSelectMultiple), "choices"),
    (forms.Select, "form-select"),
    (forms.DateInput, "form-control w-day"),
    (forms.DateTimeInput, "form-control w-moment"),
    (forms.NumberInput, "form-control w-number"),
    ((Input, forms.Textarea), "form-control"),
)


class PortalBoundField(BoundField):
    """A field of a form on a page of ours."""

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if widget.is_hidden:
            return attrs
        classes = [self.widget_class(widget), widget.attrs.get("class", ""), "is-invalid" if self.errors else ""]
        attrs["class"] = " ".join(filter(None, classes))
        if isinstance(widget, forms.DateInput) and "placeholder" not in widget.attrs:
            attrs.setdefault("placeholder", "ngày/tháng/năm")
            attrs.setdefault("autocomplete", "off")
        if str(widget.attrs.get("placeholder", "")).casefold() == str(self.label).casefold():
            attrs["placeholder"] = False
        if widget.attrs.get("autocomplete") == "one-time-code":
            attrs["inputmode"] = "numeric"
        if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
            attrs["rows"] = 5
        return attrs

    @staticmethod
    def widget_class(widget):
        """The Bootstrap class of a widget; none for widgets that bring their own look."""
        return next((name for kinds, name in CLASS_OF_WIDGET if isinstance(widget, kinds)), "")

    @property
    def anchor(self):
        """Id to which the error summary links: the control itself, or its first choice."""
        return f"{self.auto_id}_0" if self.use_fieldset else self.id_for_label or self.auto_id

    @property
    def is_single_checkbox(self):
        return isinstance(self.field.widget, forms.CheckboxInput)


class PortalFormRenderer(TemplatesSetting):
    """Forms find their templates among the project's."""

    form_template_name = "_form.html"
    field_template_name = "django/forms/field.html"
    bound_field_class = PortalBoundField
