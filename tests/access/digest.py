"""The link at the foot of the morning digest: its token is the permission, whoever opens it."""

from registry.unsubscribing import stop_link
from tests.access import public


def token(world):
    return {"token": stop_link(world.reviewer).rstrip("/").rpartition("/")[2]}


ROWS = {
    "digest_stop": [
        public(token),
        public(token)._replace(method="POST"),
        public(lambda world: {"token": "abc"}, status=404),
    ]
}
