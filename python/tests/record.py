"""Records what real PyTorch shows for the programs: python record.py [chapter ...].

Needs torch; run by `cargo xtask reference`.
"""

import json
import sys
import traceback
from pathlib import Path

import programs
import torch

HERE = Path(__file__).parent


def main() -> None:
    torch.set_num_threads(1)
    failed = 0
    for chapter in sys.argv[1:] or programs.chapters():
        out = {}
        for name, program in programs.programs(chapter).items():
            try:
                out[name] = {"of": programs.fingerprint(program), "lines": programs.run(program, torch).lines}
            except Exception:
                failed += 1
                print(f"{chapter}.{name} fails with PyTorch:\n{traceback.format_exc(limit=-3)}", file=sys.stderr)
        text = json.dumps({"torch": torch.__version__, "programs": out}, indent=0, ensure_ascii=False)
        (HERE / "recorded" / f"{chapter}.json").write_text(text + "\n")
        print(f"{chapter}: {len(out)} programs")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
