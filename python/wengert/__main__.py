"""`python -m wengert script.py ...`: runs a PyTorch program on wengert. See `wengert._run`."""

import sys

from wengert._run import main

if __name__ == "__main__":
    sys.exit(main())
