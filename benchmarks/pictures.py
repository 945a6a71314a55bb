"""Pictures as agencies send them: 500 photographs of 12 megapixels through the check and into small pictures.

One process per core, as the portal's own workers are.

`python -m benchmarks.pictures` prints the rows.
"""

import json
import os
import random
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context

from PIL import Image

from portal.lib.uploads import Slot, check_file
from portal.lib.uploads.small import small_picture

PICTURES, SIZE, PER_MINUTE, MOST_MEGABYTES = 500, (4000, 3000), 500, 300


def photograph() -> bytes:
    """A JPEG of a phone's size and weight (some 4 MB): soft shapes with the noise of a sensor, and its notes."""
    chance = random.Random(2026)
    noise = Image.frombytes("RGB", (1000, 750), chance.randbytes(1000 * 750 * 3)).resize(SIZE)
    shapes = Image.frombytes("RGB", (8, 6), chance.randbytes(8 * 6 * 3)).resize(SIZE, Image.Resampling.BICUBIC)
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = 6, "Hãng máy thử"
    buffer = BytesIO()
    Image.blend(shapes, noise, 0.2).save(buffer, "JPEG", quality=90, exif=notes)
    return buffer.getvalue()


def taken_in(content: bytes, count: int) -> tuple[float, float, float]:
    """Uploads one after the other: the check with the picture drawn anew, then the small one and its mark.

    Gives the processor's seconds of the checks and of the small pictures, and the most megabytes that the process took.
    """
    checking = shrinking = 0.0
    for _ in range(count):
        start = time.process_time()
        checked = check_file(BytesIO(content), Slot.IMAGE, "IMG_0001.jpg")
        if not checked.is_accepted:
            raise SystemExit(checked.message)
        middle = time.process_time()
        small_picture(checked.content, checked.preview)
        checking, shrinking = checking + middle - start, shrinking + time.process_time() - middle
    return checking, shrinking, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rows(pictures=PICTURES):
    """Pictures in a minute on all cores, the processor's time of one, and the most memory that one process took."""
    content, cores = photograph(), os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        list(pool.map(taken_in, [content] * cores, [1] * cores))
        start = time.perf_counter()
        done = list(pool.map(taken_in, [content] * cores, [pictures // cores] * cores))
        seconds = time.perf_counter() - start
    count = pictures // cores * cores
    checking, shrinking = (sum(column) / count * 1000 for column in list(zip(*done, strict=True))[:2])
    found = (
        (f"ảnh 12 MP, {cores} lõi", round(len(content) / 1e6, 1), "MB", None),
        (f"kiểm tra và thu nhỏ {count} ảnh", round(count / seconds * 60), "/phút", PER_MINUTE),
        ("bộ xử lý: kiểm tra, vẽ lại một ảnh", round(checking), "ms", None),
        ("bộ xử lý: ảnh nhỏ và dấu vân", round(shrinking), "ms", None),
        ("bộ nhớ cao nhất của một tiến trình", round(max(peak for _, _, peak in done)), "MB", MOST_MEGABYTES),
    )
    for name, value, unit, target in found:
        yield {"name": name, "value": value, "unit": unit, "target": target}


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if sys.argv[1:] else PICTURES):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
