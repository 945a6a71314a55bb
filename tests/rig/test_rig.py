"""The rig must see faults: each fault mode is shown to be a fault."""

import smtplib
import subprocess
import sys
from email.message import EmailMessage

import pytest

from tests.rig.smtp import Sink

WATCHED = """
import time
from tests.rig.redis import Redis, server_binary
server = Redis(server_binary())
print(server.port, server.process.pid, flush=True)
time.sleep(60)
"""


def send(sink, to="a@example.vn", timeout=2):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = "p@example.vn", to, "Nhắc hạn", "<1@x>"
    message.set_content("Kính gửi")
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=timeout) as connection:
        connection.send_message(message)


def test_accepted_mail_is_on_disk(tmp_path):
    with Sink(tmp_path) as sink:
        send(sink)
        assert [(row["to"], row["message_id"], row["subject"]) for row in sink.accepted] == [
            (["a@example.vn"], "<1@x>", "Nhắc hạn")
        ]


@pytest.mark.parametrize("mode", ["greylist", "unknown_user", "mailbox_full", "busy", "stall", "stall_recipient"])
def test_refusing_modes_accept_nothing(tmp_path, mode):
    with Sink(tmp_path) as sink:
        sink.mode = mode
        with pytest.raises((smtplib.SMTPException, OSError)):
            send(sink)
        assert sink.accepted == []


def test_reset_after_accept_keeps_the_mail_and_tells_nobody(tmp_path):
    with Sink(tmp_path) as sink:
        sink.mode = "reset_after_accept"
        with pytest.raises((smtplib.SMTPException, OSError)):
            send(sink)
        assert len(sink.accepted) == 1


def test_closed_sink_refuses_and_reopens(tmp_path):
    with Sink(tmp_path) as sink:
        sink.close()
        with pytest.raises(OSError):
            send(sink)
        sink.reopen()
        send(sink)
        assert len(sink.accepted) == 1


@pytest.mark.redis
def test_server_is_gone_when_its_test_run_is_killed():
    owner = subprocess.Popen([sys.executable, "-c", WATCHED], stdout=subprocess.PIPE, text=True)
    port, pid = owner.stdout.readline().split()
    owner.kill()
    owner.wait()
    gone = subprocess.run(["timeout", "10", "tail", f"--pid={pid}", "-f", "/dev/null"], check=False)
    assert gone.returncode == 0, f"redis on {port} is still there"
