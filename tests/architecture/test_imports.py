"""Who may import whom, read from the source; and that drawing a page loads nothing heavy."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALGORITHMS = {"data", "embed", "explore", "learn", "explain"}
FOUNDATION = {
    "core.token_batches",
    "core.errors",
    "core.i18n",
    "core.network",
    "core.processor",
    "core.progress",
    "core.settings",
}
HEAVY = {
    "dask",
    "distributed",
    "duckdb",
    "fast_hdbscan",
    "hdbscan",
    "jieba",
    "numba",
    "pandas",
    "plotly",
    "scipy",
    "sentence_transformers",
    "shap",
    "sklearn",
    "torch",
    "transformers",
    "umap",
}
IMPORTED_BY_STREAMLIT = {"plotly"}  # to set its theme, wherever it is installed
UNSAFE_FORMATS = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve"}
VAGUE_NAMES = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


def sources(*folders: str) -> list[Path]:
    """Every Python file of some top-level folders, and app.py."""
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [*files, ROOT / "app.py"]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(node: ast.AST, package: str) -> list[str]:
    """The dotted modules that one statement imports; relative ones are spelled out."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    above = package.split(".")[: -node.level + 1 or None] if node.level else []
    module = ".".join([*above, *filter(None, [node.module])])
    return [f"{module}.{alias.name}" for alias in node.names]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every import of a file, at its top or inside a function, with its line."""
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        for imported in imported_names(node, package):
            yield node.lineno, imported


def imports_at_load(path: Path) -> Iterator[tuple[int, str]]:
    """The imports that run when the file is imported: not those of functions or type checkers."""
    waiting: list[ast.AST] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting.extend(node.orelse)
            continue
        for imported in imported_names(node, ""):
            yield node.lineno, imported
        waiting.extend(ast.iter_child_nodes(node))


def is_within(imported: str, module: str) -> bool:
    return imported == module or imported.startswith(f"{module}.")


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_core_knows_neither_streamlit_nor_pages() -> None:
    """The library serves notebooks and terminals as well."""
    wrong = [
        f"{place(path, line)} imports {imported}"
        for path in sources("core")[:-1]
        for line, imported in imports(path)
        if any(is_within(imported, outer) for outer in ("streamlit", "pages", "app", "tests"))
    ]
    assert wrong == []


def test_pages_stand_on_what_they_share_and_not_on_each_other() -> None:
    """app -> pages -> pages/ui -> core."""
    pages = {f"pages.{path.stem}" for path in (ROOT / "pages").glob("*.py")} - {"pages.__init__"}
    wrong = [
        f"{place(path, line)} imports {imported}"
        for path in sources("pages")[:-1]
        for line, imported in imports(path)
        if any(is_within(imported, page) for page in pages)
    ]
    assert wrong == []


def test_chance_has_a_seed() -> None:
    """The same file and settings give the same result."""
    wrong = [
        place(path, node.lineno)
        for path in sources("core", "pages")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("default_rng", "RandomState", "random.Random"))
        and not (node.args or node.keywords)
    ]
    assert wrong == []


@pytest.mark.parametrize("package", sorted(ALGORITHMS))
def test_algorithms_know_only_the_foundation_and_themselves(package: str) -> None:
    """Tables and arrays go in, results come out: no project, no job, no other algorithm."""
    allowed = {*FOUNDATION, f"core.{package}"}
    wrong = [
        f"{place(path, line)} imports {imported}"
        for path in sorted((ROOT / "core" / package).rglob("*.py"))
        for line, imported in imports(path)
        if is_within(imported, "core") and not any(is_within(imported, a) for a in allowed)
    ]
    assert wrong == []


def test_only_steps_join_projects_and_algorithms() -> None:
    """`project` and `jobs` never import an algorithm; only `steps` does, and the command line."""
    wrong = [
        f"{place(path, line)} imports {imported}"
        for package in ("project", "jobs")
        for path in sorted((ROOT / "core" / package).rglob("*.py"))
        for line, imported in imports(path)
        if any(is_within(imported, f"core.{algorithm}") for algorithm in ALGORITHMS)
    ]
    assert wrong == []


def test_heavy_libraries_wait_until_they_are_needed() -> None:
    """Imported inside the functions that use them, so that a page opens at once."""
    wrong = [
        f"{place(path, line)} imports {imported} when it is loaded"
        for path in sources("core", "pages")
        for line, imported in imports_at_load(path)
        if imported.partition(".")[0] in HEAVY
    ]
    assert wrong == []


def test_nothing_is_pickled() -> None:
    """A file from a stranger is data and never code."""
    wrong = []
    for path in sources("core", "pages"):
        for line, imported in imports(path):
            if imported.partition(".")[0] in UNSAFE_FORMATS:
                wrong.append(f"{place(path, line)} imports {imported}")
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and opens_pickles(node):
                wrong.append(f"{place(path, node.lineno)} calls {ast.unparse(node.func)}")
    assert wrong == []


def opens_pickles(call: ast.Call) -> bool:
    """Whether a call reads or writes a format that can hold code."""
    allowed = any(
        word.arg == "allow_pickle" and ast.unparse(word.value) != "False" for word in call.keywords
    )
    return allowed or ast.unparse(call.func) in {
        "torch.load",
        "torch.save",
        "pd.read_pickle",
        "pandas.read_pickle",
    }


def test_modules_have_names_of_the_field() -> None:
    """A module called after nothing in particular collects everything."""
    modules = sources("core", "pages", "tests", "tools", "benchmarks")
    vague = [str(p.relative_to(ROOT)) for p in modules if {p.stem, p.parent.name} & VAGUE_NAMES]
    assert vague == []


def test_importing_everything_loads_no_model() -> None:
    """The whole library and what the pages share, imported in a process of its own."""
    program = f"""
import importlib, sys
for name in {[module_name(path) for path in sources("core", "pages/ui")[:-1]]}:
    importlib.import_module(name)
print(*sorted(set({sorted(HEAVY - IMPORTED_BY_STREAMLIT)}) & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
