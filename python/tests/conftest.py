"""wengert takes the place of torch in this process."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import wengert

wengert.install()
