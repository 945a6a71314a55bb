"""Public addresses of what agencies published. They stand in bookmarks: never change one."""

from django.urls import path

from campaigns.views import public_items

urlpatterns = [
    path("co-quan/<slug:slug>/san-pham/", public_items.agency_items, name="agency_items"),
]
