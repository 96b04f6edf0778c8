"""The ready projects that come with Textlode: real texts with their map already made."""

from dataclasses import dataclass
from pathlib import Path

from core.i18n import N_

FOLDER = Path(__file__).parent.parent / "sample_data"


@dataclass(frozen=True)
class Sample:
    """One ready project: its table, its archive and a picture of its map."""

    name: str
    title: str
    description: str

    @property
    def table(self) -> Path:
        return FOLDER / self.name / f"{self.name}.csv"

    @property
    def archive(self) -> Path:
        return FOLDER / self.name / "project.zip"

    @property
    def picture(self) -> Path:
        return FOLDER / self.name / "map.svg"


SAMPLES = (
    Sample(
        "addresses",
        N_("Presidential addresses"),
        N_("What presidents of the United States told Congress since 1790. Dates and parties."),
    ),
    Sample(
        "mail",
        N_("Wanted and unwanted mail"),
        N_("Real e-mails of 2002, each marked as spam or ham: ready to teach a classifier."),
    ),
    Sample(
        "packages_zh",
        N_("Software in Chinese"),
        N_("Descriptions of Debian's software packages in Simplified Chinese, with sections."),
    ),
)
