"""The bare peer: reads one JSON line, answers with a small one, with blocking calls and nothing else."""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Answer until the other end closes."""
    answer = sys.stdout.buffer
    for line in sys.stdin.buffer:
        message = json.loads(line)
        answer.write(json.dumps({"id": message["id"]}).encode() + b"\n")
        answer.flush()


main()
