"""The commands on real files: what they make, what they print, how they end."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import installation, main
from core.data import Remedy
from core.project import Project
from core.steps import map_options

REPOSITORY = Path(__file__).parents[2]
COMMANDS = (
    *("read", "ingest", "clean", "embed", "map", "train", "predict", "explain", "export"),
    *("topics", "report", "projects", "jobs", "models", "serve"),
)


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as a shell does."""
    return subprocess.run(
        [sys.executable, "-m", "core.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
        **options,
    )


def succeed(capfd: pytest.CaptureFixture[str], *arguments: object) -> dict:
    """Run a command with --json in this process and return the one object it prints."""
    status = main([*map(str, arguments), "--json"])
    out, err = capfd.readouterr()
    assert status == 0, err
    assert out.count("\n") == 1
    return json.loads(out)


def fail(capfd: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that is wrong; return its one line of error, which its JSON has too."""
    status = main([*map(str, arguments), "--json"])
    out, err = capfd.readouterr()
    lines = [line for line in err.splitlines() if line.startswith("textlode: ")]
    assert status == 2
    assert len(lines) == 1
    assert "Traceback" not in err
    assert len(json.loads(out)["errors"]) == 1
    return lines[0]


def test_help_loads_nothing_heavy() -> None:
    assert run("--help").returncode == 0
    loaded = run("-h").stdout and subprocess.run(
        [sys.executable, "-c", "import core.cli, sys; print(*sys.modules)"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"torch", "pandas", "sklearn", "streamlit", "babel"} & set(loaded.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"Example: textlode {command}" in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "jsonl"])
def test_export_writes_each_format(
    ending: str, project: Project, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / f"labelled.{ending}"
    made = succeed(capfd, "export", "--project", project.folder, "--out", out)
    assert made["rows"] == project.row_count
    assert out.stat().st_size > 0
    assert {"seconds", "seconds_by_stage", "peak_memory_mb"} <= set(made)


def test_export_in_the_dialect_of_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    source, here = tmp_path / "old.csv", ("--project", tmp_path / "old")
    source.write_bytes("nr;text\r\n1;Größe, falsch\r\n2;schön\r\n3;über\r\n".encode("cp1252"))
    succeed(capfd, "ingest", source, *here, "--text", "text")
    out = tmp_path / "out.csv"
    made = succeed(capfd, "export", *here, "--out", out, "--csv", "source")
    assert made["encoding"] == "cp1252"
    assert out.read_bytes().startswith("nr;text\r\n1;Größe".encode("cp1252"))
    assert "invalid choice" in fail(capfd, "export", *here, "--out", out, "--csv", "odd")
    asked = ("--out", out, "--csv", "excel")
    assert succeed(capfd, "export", *here, *asked)["delimiter"] == ";"
    assert succeed(capfd, "export", *here, *asked, "--separator", "comma")["delimiter"] == ","
    wrong = fail(capfd, "export", *here, "--out", out, "--separator", "comma")
    assert "Of a CSV for Excel it can be chosen" in wrong


def test_roles_are_given_by_name(
    mail: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    roles = ("--text", "subject", "--date", "date", "--id", "id", "--label", "label")
    made = succeed(capfd, "ingest", mail, "--project", tmp_path / "p", *roles)
    assert made["roles"] == {"text": "subject", "date": "date", "id": "id", "label": "label"}


def test_a_map_is_made_by_its_settings_which_the_project_keeps(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    here = ("map", "--project", project.folder, "--encoder", "instant")
    layout = ("--neighbours", 9, "--spread", 0.4, "--seed", 7)
    before = project.state.current["layout"]
    made = succeed(capfd, *here, *layout, "--smallest-cluster", 12, "--engine", "fast")
    assert made["layout"] != before
    assert map_options(project) == {
        "neighbours": 9, "spread": 0.4, "seed": 7, "smallest_cluster": 12, "engine": "fast"
    }  # fmt: skip
    assert "invalid choice" in fail(capfd, *here, "--engine", "odd")


def test_a_model_has_a_name_by_which_it_predicts_and_explains(
    project: Project, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    here = ("--project", project.folder)
    teach = ("train", *here, "--label", "label", "--method", "probe")
    succeed(capfd, *teach, "--name", "first", "--seed", 1)
    succeed(capfd, *teach, "--name", "second", "--seed", 2)
    names = {one["name"]: one["key"] for one in succeed(capfd, "models", *here)["models"]}
    assert {"first", "second"} <= names.keys()
    new = tmp_path / "new.csv"
    new.write_text("nr,words\n1,Make money now\n2,The kernel does not build\n")
    out = tmp_path / "out.csv"
    asked = ("predict", new, *here, "--text-column", "words", "--out", out)
    assert succeed(capfd, *asked, "--model", names["first"])["rows"] == 2
    assert out.exists()
    why = tmp_path / "why.json"
    asked = ("explain", *here, "--text", "Make money", "--model", names["first"], "--out", why)
    succeed(capfd, *asked)
    assert "money" in why.read_text("utf-8")


def test_findings_are_listed_switched_on_and_off_again(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    here = ("clean", "--project", project.folder)
    listed = succeed(capfd, *here)
    found = {one["name"]: one for one in listed["findings"]}
    assert (listed["rows"], listed["kept"], listed["left_out"]) == (300, 299, {"no text": 1})
    assert (found["repeated"]["rows"], found["repeated"]["on"]) == (1, False)
    assert set(found) == set(Remedy)
    monkeypatch.setenv("TEXTLODE_LANGUAGE", "zh_CN")
    made = succeed(capfd, *here, "--on", "repeated,very-long")
    assert made["kept"] == 298
    assert made["left_out"]["没有文本"] == 1
    assert [one["name"] for one in made["findings"] if one["on"]] == ["repeated", "very_long"]
    monkeypatch.delenv("TEXTLODE_LANGUAGE")
    again = succeed(capfd, *here, "--on", "markup", "--off", "repeated")
    assert [one["name"] for one in again["findings"] if one["on"]] == ["very_long", "markup"]
    assert Project.open(project.folder).state.cleaning == ("markup", "very_long")
    assert "no remedy bleach" in fail(capfd, *here, "--on", "bleach")


def test_report_is_one_page_in_a_language(
    project: Project, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    here = ("report", "--project", project.folder)
    made = succeed(capfd, *here, "--out", tmp_path / "new" / "r.html", "--language", "zh")
    assert "主题报告" in Path(made["file"]).read_text("utf-8")
    assert "name it so" in fail(capfd, *here, "--out", tmp_path / "r.pdf")


def test_topics_by_a_column(
    project: Project, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    here = ("topics", "--project", project.folder)
    made = succeed(capfd, *here)
    assert (made["by"], made["rows"], made["file"]) == ("label", 300, "")
    assert "as elsewhere (" in made["findings"][0] or " alone (" in made["findings"][0]
    assert sum(topic["rows"] for topic in made["topics"]) == 300
    assert set(made["topics"][0]["counts"]) == {"ham", "spam"}
    out = tmp_path / "new" / "topics.csv"
    assert succeed(capfd, *here, "--by", "date", "--out", out)["by"].startswith("date, by")
    with out.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["Topic"] for line in lines] == [topic["name"] for topic in made["topics"]]
    assert "no column nothing" in fail(capfd, *here, "--by", "nothing")
    assert "no ending" in fail(capfd, *here, "--out", tmp_path / "a.doc")
    page = ("report", "--project", project.folder, "--out", tmp_path / "r.html")
    assert succeed(capfd, *page, "--by", "date")["by"] == "date"


def test_teach_predict_and_explain(
    mail: Path,
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project.folder.parent)
    here = ("--project", project.folder.name)
    with mail.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with Path("test.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*rows[:1], *rows[20:60]])

    assert "textlode train" in fail(capfd, "predict", "test.csv", *here, "--out", "p.csv")
    taught = succeed(
        capfd, "train", *here, "--label", "label", "--method", "probe", "--test-file", "test.csv"
    )
    assert taught["rows"]["test"] == 40
    assert taught["seconds_by_stage"]
    assert succeed(capfd, "models", *here)["models"][0]["in_use"]

    for ending in ("csv", "xlsx", "parquet", "jsonl"):
        out = f"predicted.{ending}"
        assert succeed(capfd, "predict", "test.csv", *here, "--out", out)["rows"] == 40
        assert Path(out).is_file()
    assert ".parquet" in fail(capfd, "predict", "test.csv", *here, "--out", "p.doc")

    succeed(capfd, "explain", *here, "--text", "win money now", "--out", "sub/why.json")
    assert json.loads(Path("sub/why.json").read_text("utf-8"))["explanations"]
    why = ("explain", *here, "--out", "why.json")
    assert "x is no row number" in fail(capfd, *why, "--rows", "1,x")
    assert "no row 9999" in fail(capfd, *why, "--rows", "9999")
    assert "no class nonsense" in fail(capfd, *why, "--text", "a", "--class", "nonsense")


def test_the_commands_as_processes_keep_standard_output_for_the_result(
    mail: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    at = {"cwd": tmp_path}
    read = run("ingest", mail, "--project", "p", "--label", "label", "--json", **at)
    assert json.loads(read.stdout)["roles"]["label"] == "label"
    embedded = run("embed", "--project", "p", "--encoder", "instant", "--json", **at)
    assert json.loads(embedded.stdout)["encoder"] == "instant"
    assert embedded.stderr.splitlines() == [
        "Loading the encoder",
        "Looking up vectors",
        "Embedding texts",
    ]


def test_wrong_use_is_one_line(
    tmp_path: Path,
    home: Path,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    gone = tmp_path / "gone"
    assert "textlode ingest FILE --project" in fail(capfd, "map", "--project", gone)
    Project.create(gone, "Empty")
    assert "has no table yet" in fail(capfd, "map", "--project", gone)
    here = ("--project", project.folder)
    assert "--help" in fail(capfd)
    assert "invalid choice" in fail(capfd, "nonsense")
    assert "required: --out" in fail(capfd, "export", *here)
    assert "no ending" in fail(capfd, "export", *here, "--out", tmp_path / "a.doc")
    assert "-3" in fail(capfd, "map", *here, "--topics", "-3")
    assert "no column nonsense" in fail(capfd, "train", *here, "--label", "nonsense")
    assert "nonsense" in fail(capfd, "embed", *here, "--encoder", "nonsense")
    assert "no port" in fail(capfd, "serve", "--port", "99999")
    monkeypatch.setenv("TEXTLODE_DEVICE", "x")
    assert "TEXTLODE_DEVICE is x" in fail(capfd, "projects")


def test_a_failed_ingest_leaves_no_project(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "gone.csv" in fail(capfd, "ingest", tmp_path / "gone.csv", "--project", tmp_path / "p")
    assert not (tmp_path / "p").exists()


def test_read_writes_the_good_files_and_names_the_bad_ones(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other").mkdir()
    good, twin = tmp_path / "a.b.csv", tmp_path / "other" / "a.b.csv"
    for file in (good, twin):
        file.write_text("id;text\n1;x, y\n2;z\n", "utf-8")
    before = good.read_bytes()
    bad = tmp_path / "picture.csv"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    status = main(["read", *map(str, (good, bad, twin)), "--out", str(tmp_path), "--json"])
    out, err = capfd.readouterr()
    made = json.loads(out)
    assert status == 2
    assert len(made["errors"]) == 1 and "picture.csv" in made["errors"][0]
    assert [Path(file["output"]).name for file in made["files"]] == ["a.b-2.csv", "a.b-3.csv"]
    assert good.read_bytes() == before
    assert (tmp_path / "a.b-2.csv").read_text("utf-8").splitlines()[1] == '1,"x, y"'
    assert "Traceback" not in err


def test_what_nobody_foresaw_is_one_line_that_names_the_log(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def break_down(*_: object) -> dict:
        raise ZeroDivisionError("here")

    monkeypatch.setattr(installation, "run_projects", break_down)
    assert main(["projects", "--json"]) == 1
    out, err = capfd.readouterr()
    assert len(err.splitlines()) == 1 and "terminal.log" in err
    assert "ZeroDivisionError" in json.loads(out)["errors"][0]
    assert "Traceback" in (home / "logs" / "terminal.log").read_text("utf-8")


def test_an_interrupt_is_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> dict:
        raise KeyboardInterrupt

    monkeypatch.setattr(installation, "run_projects", interrupt)
    assert main(["projects"]) == 130
    out, err = capfd.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1


def test_a_reader_that_leaves_is_no_error(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "core.cli", "projects", "--json"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait(30)
    process.stderr.close()


def test_libraries_cannot_write_on_standard_output(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def chat(*_: object) -> dict:
        sys.stdout.write("a print")
        os.write(1, b"native code\n")
        return {"nothing": float("nan")}

    monkeypatch.setattr(installation, "run_projects", chat)
    assert main(["projects", "--json"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["nothing"] is None
    assert "a print" in err and "native code" in err


def test_projects_jobs_and_serve(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    projects = succeed(capfd, "projects")["projects"]
    assert [project["name"] for project in projects] == ["Mail"]
    assert Path(projects[0]["folder"]).is_dir()
    assert succeed(capfd, "jobs", "--limit", "3")["jobs"] == []
    monkeypatch.setattr(installation, "APP", home / "app.py")
    assert "make run" in fail(capfd, "serve")
