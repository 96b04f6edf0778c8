"""What batches of many sizes leave behind goes back to the system, not to the next step's peak."""

import os
import sys
from pathlib import Path

import pytest

from core.processor import give_memory_back


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_freed_memory_goes_back() -> None:
    parts = [b"x" * 100_000 for _ in range(1_000)]
    kept = parts[::50]  # what still lies between the freed parts holds their pages
    del parts
    before = resident_bytes()

    give_memory_back()

    assert resident_bytes() < before - 50e6
    assert len(kept) == 20
