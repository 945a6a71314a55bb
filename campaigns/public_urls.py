"""Public addresses of what agencies published, and the short links of text messages. They stand in bookmarks: never change one."""

from django.urls import path

from campaigns.views import public_items, signed_links

urlpatterns = [
    path("co-quan/<slug:slug>/san-pham/", public_items.agency_items, name="agency_items"),
    path("n/<slug:code>", signed_links.short_link, name="short_link"),
]
