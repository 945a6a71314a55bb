"""The portal's addresses and those of the bench."""

from benchmarks.site import own_paths
from portal import urls

urlpatterns = [*own_paths, *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
