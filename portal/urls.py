"""Addresses of the portal. They stand on posters and in bookmarks: never change one, only add."""

from django.contrib import admin
from django.urls import include, path

from campaigns.views.jobs import job_picture
from portal import views
from portal.admin_site import arrange
from portal.health import healthz

arrange(admin.site)

urlpatterns = [
    path("", include("registry.urls")),
    path("", include("campaigns.public_urls")),
    path("viec/", include("campaigns.workspace_urls")),
    path("dieu-hanh/", include("campaigns.desk_urls")),
    path("dieu-hanh/", include("registry.desk_urls")),
    path("dieu-hanh/", include("campaigns.connector_urls")),
    path("anh-dang/<uuid:key>/<int:number>/", job_picture, name="job_picture"),
    path("quan-tri/", admin.site.urls),
    path("tai-khoan/bat-dau/", views.account_home, name="account_home"),
    path("", include("portal.account_urls")),
    path("healthz", healthz, name="healthz"),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
