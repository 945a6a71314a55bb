"""gunicorn: threads so that a slow phone does not hold a process; workers are renewed now and then."""

import gc
import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
accesslog = None
errorlog = "-"
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
limit_request_line = 4094
limit_request_fields = 60
forwarded_allow_ips = "127.0.0.1"


def post_fork(server, worker):
    """While the portal loads nothing becomes rubbish: looking for it costs a sixth of the start."""
    gc.disable()


def post_worker_init(worker):
    """What is loaded stays: later looks for rubbish pass it over."""
    gc.freeze()
    gc.enable()
