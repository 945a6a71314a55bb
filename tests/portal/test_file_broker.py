"""The queue in a folder: a worker that looks while a message is being written takes nothing, not half of it."""

import json
import threading
from queue import Empty

import pytest
from kombu import Connection

MESSAGES = 30
LONG = {"text": "x" * 1_000_000}


def exchange(transport, folder) -> tuple[int, int]:
    """Whole and broken messages that a reader takes while a writer puts them."""
    (folder / "control").mkdir()
    places = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder / "control")}
    places |= {"store_processed": False}
    connection = Connection("filesystem://", transport=transport, transport_options=places)
    writing, reading, whole, broken = connection.channel(), connection.channel(), 0, 0
    writer = threading.Thread(target=lambda: [writing._put("celery", LONG) for _ in range(MESSAGES)])
    writer.start()
    while whole + broken < MESSAGES:
        try:
            reading._get("celery")
            whole += 1
        except Empty:
            assert writer.is_alive() or list(folder.glob("*.msg"))
        except json.JSONDecodeError:
            broken += 1
    writer.join()
    return whole, broken


def test_kombus_own_channel_gives_out_half_messages(tmp_path):
    assert exchange("filesystem", tmp_path)[1]


@pytest.mark.parametrize("run", range(2))
def test_our_channel_gives_out_whole_messages_only(tmp_path, run):
    assert exchange("portal.file_broker:Transport", tmp_path) == (MESSAGES, 0)
