"""Child process that draws one HEIC picture from stdin anew as a JPEG on stdout, shut in by hard limits.

Imports nothing of ours. Argument: seconds of the processor. Ends with 3 for a pixel flood, otherwise not 0 when broken.
"""

import io
import resource
import sys

import pillow_heif
from PIL import Image

MEMORY = 1024 * 1024 * 1024
MOST_PIXELS, LONGEST_SIDE = 50_000_000, 16_000
WORKING_SIZE = (4096, 4096)
FLOOD = 3


def shut_in(seconds):
    """From here on no file and no socket can be opened, whatever library asks, and nothing be written but the answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def drawn_anew(data):
    """Header first, size second, pixels last; turned as the camera noted it, since the decoder does that."""
    picture = Image.open(io.BytesIO(data), formats=["HEIF"])
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        sys.exit(FLOOD)
    picture.thumbnail(WORKING_SIZE, reducing_gap=2.0)
    flat = picture.convert("RGB")
    flat.info.clear()
    answer = io.BytesIO()
    flat.save(answer, "JPEG", quality=88)
    return answer.getvalue()


def main(seconds):
    Image.init()
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)
    data = sys.stdin.buffer.read()
    shut_in(seconds)
    sys.stdout.buffer.write(drawn_anew(data))


if __name__ == "__main__":
    main(int(sys.argv[1]))
