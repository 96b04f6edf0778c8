"""The shelf: the models that a project has been taught."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.embed import LongTexts, load_encoder
from core.errors import ArtifactDamaged, NotReady
from core.i18n import N_
from core.learn import Encode, Precision, TextClassifier
from core.project import Artifact, Project
from core.settings import Settings


@dataclass(frozen=True)
class ShelvedModel:
    """One model of a project: its name, its report, its folder."""

    name: str
    artifact: Artifact
    in_use: bool

    @property
    def key(self) -> str:
        return self.artifact.key

    @property
    def folder(self) -> Path:
        """A folder that plain sentence-transformers loads, where the encoder allows it."""
        return self.artifact.folder / "model"

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = self.artifact.json("report")
        return report

    def to_json(self) -> dict[str, Any]:
        report = self.report
        return {
            "name": self.name,
            "key": self.key,
            "in_use": self.in_use,
            "label": self.artifact.settings["label"],
            "method": self.artifact.settings["method"],
            "encoder": self.artifact.settings["encoder"],
            "classes": len(report["classes"]),
            "accuracy": report["after"]["accuracy"],
            "interval": report["after"]["interval"],
            "test_rows": report["rows"]["test"],
            "created": self.artifact.created,
            "folder": str(self.folder),
        }


def list_models(project: Project) -> list[ShelvedModel]:
    """Return all models of a project, the newest first; a damaged one is set aside and noted."""
    state = project.state
    models = []
    for key in reversed(project.artifacts.keys("model")):
        try:
            artifact = project.artifacts.open(key)
        except ArtifactDamaged:
            project.record("artifact_damaged", artifact=key)
            continue
        name = state.model_names.get(key, key)
        models.append(ShelvedModel(name, artifact, key == state.model_in_use))
    return models


def find_model(project: Project, name: str = "") -> ShelvedModel:
    """Return a model by its name or key, or the one in use.

    Raises NotReady, naming the models there are.
    """
    models = list_models(project)
    if not models:
        raise NotReady(N_("There is no model yet. Teach one on the page Train."))
    for model in models:
        if (model.in_use and not name) or name in (model.name, model.key):
            return model
    raise NotReady(
        N_("There is no model {name}. The models are {models}."),
        name=name or "-",
        models=", ".join(model.name for model in models),
    )


def load_model(model: ShelvedModel) -> TextClassifier:
    """Return a model ready to predict; the last ones stay in memory."""
    return _load(model.folder, LongTexts(model.artifact.settings.get("long_texts", LongTexts.CUT)))


@lru_cache(maxsize=2)
def _load(folder: Path, long_texts: LongTexts) -> TextClassifier:
    device = Settings.from_environment().device
    return TextClassifier.load(
        folder,
        load_encoder=lambda name: _encode_with(name, device, long_texts),
        device=device,
        precision=Precision.AUTO,
    )


def _encode_with(name: str, device: str, long_texts: LongTexts) -> Encode:
    encoder = load_encoder(name, device, long_texts)
    return lambda texts: encoder.encode(texts).vectors
