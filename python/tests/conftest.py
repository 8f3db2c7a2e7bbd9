"""wengert takes the place of torch in this process."""

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import wengert

# Where a shell started this in the background, interrupts are ignored, by the processes that tests start, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

wengert.install()
