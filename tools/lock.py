"""Write the lock files in requirements/ from pyproject.toml.

pip-compile resolves against PyPI alone, whatever indexes this machine's pip is configured with.
It keeps the versions of the present lock unless `--upgrade` or `--upgrade-package NAME` is given.
lock.txt holds what Textlode runs with, dev.txt what its tests and tools want besides.
Torch comes in two builds. PyPI's Linux build wants the GPU libraries of cuda.txt; the smaller
CPU build of cpu.txt does not, and is taken where an index serves it.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "requirements"
LOCK, DEV_LOCK, CPU_LOCK, CUDA_LOCK = (
    FOLDER / f"{name}.txt" for name in ("lock", "dev", "cpu", "cuda")
)
HEADER = "# Written by `make lock`: exact versions and hashes. Change pyproject.toml instead.\n"

CUDA = re.compile(r"(nvidia-|cuda-|triton==)")
INSTALLED_BY_VENV = re.compile(r"pip==")

PIP_COMPILE = shlex.split(
    "-m piptools compile --quiet --strip-extras --generate-hashes --allow-unsafe "
    "--no-header --no-annotate --no-emit-index-url --no-emit-find-links"
)

# Of the CPU builds (Python 3.11, Linux on x86-64 and on ARM), which PyTorch's own index serves and
# PyPI does not know.
CPU_HASHES = {
    "2.13.0": (
        "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
        "84453b69508ec79902f899c5ed9495acb9e2bbe9fda5f1d5d6f19e3c3842e1a7",
    ),
}


def resolve(preferred: str, options: list[str]) -> list[str]:
    """Resolve the project with pip-compile: one entry per package, its line and its hashes.

    Versions that the lock `preferred` names are kept where the options allow it.
    """
    whole = ROOT / "build" / "whole.txt"
    whole.parent.mkdir(exist_ok=True)
    whole.write_text(preferred)
    subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, *PIP_COMPILE, f"--output-file={whole}", *options, "pyproject.toml"],
        cwd=ROOT,
        env=os.environ | {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""},
        check=True,
    )
    entries = re.sub(r"^(#.*)?\n", "", whole.read_text(), flags=re.MULTILINE)
    packages = re.split(r"^(?=[a-z0-9])", entries, flags=re.MULTILINE)[1:]
    return [package for package in packages if not INSTALLED_BY_VENV.match(package)]


def pin_cpu_build(packages: list[str]) -> str:
    """Return the entry of the CPU build of the torch that was resolved."""
    version = next(m[1] for m in (re.match(r"torch==([\d.]+)", p) for p in packages) if m)
    if version not in CPU_HASHES:
        sys.exit(f"tools/lock.py: add the hashes of torch {version}+cpu to CPU_HASHES")
    hashes = (f" \\\n    --hash=sha256:{digest}" for digest in CPU_HASHES[version])
    return f"torch=={version}+cpu{''.join(hashes)}\n"


def write(path: Path, packages: list[str]) -> None:
    """Write one lock file."""
    path.write_text(HEADER + "".join(packages))


def main() -> None:
    """Resolve with the tools and without, then write the four files."""
    present = "".join(f.read_text() for f in (LOCK, DEV_LOCK, CUDA_LOCK) if f.is_file())
    everything = resolve(present, ["--extra=dev", *sys.argv[1:]])
    needed = resolve("".join(everything), [])
    write(LOCK, [p for p in needed if not CUDA.match(p)])
    write(DEV_LOCK, [p for p in everything if p not in needed])
    write(CPU_LOCK, [pin_cpu_build(needed)])
    write(CUDA_LOCK, [p for p in needed if CUDA.match(p)])


if __name__ == "__main__":
    main()
