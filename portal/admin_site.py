"""Django's admin as the house uses it: its title, its sign-in, and nothing that shows a secret."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group


class SecondFactorAdmin(admin.ModelAdmin):
    """Second factors may be removed for somebody who lost the phone; the secret itself is never shown."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_select_related = ["user"]
    fields = readonly_fields = list_display
    search_fields = ["user__username", "user__full_name", "user__email"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def arrange(site):
    """Sign in through our own page with its rate limits; hide what the portal does not use."""
    site.login = secure_admin_login(site.login)
    site.site_header = site.site_title = site.index_title = "Quản trị"
    apps.get_app_config("mfa").verbose_name = "Xác thực hai bước"
    Authenticator._meta.verbose_name = "mã xác thực"
    Authenticator._meta.verbose_name_plural = "mã xác thực"
    for model in (EmailAddress, Group, Authenticator):
        if site.is_registered(model):
            site.unregister(model)
    site.register(Authenticator, SecondFactorAdmin)
