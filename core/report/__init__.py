"""What was found becomes one page that can be sent on: a picture of the map, and the report.

    draw_map(places, topic_of_unit, names) -> MapPicture    # SVG with the names on it
    write_cross_table(found: TopicsByColumn, language)      # HTML: topics by a column, in words too
    write_page(report: Report, language) -> str             # HTML that needs no other file

Both take plain values and know nothing of projects; `core/steps/report.py` gathers what they say.
"""

from core.report.content import ModelSection, Report, TopicsByColumn, TopicSection
from core.report.cross_table import (
    Figure,
    flat_table,
    heading,
    lines_of,
    striking_findings,
    write_cross_table,
)
from core.report.page import write_page
from core.report.picture import MapPicture, PicturedTopic, draw_map

__all__ = [
    "Figure",
    "MapPicture",
    "ModelSection",
    "PicturedTopic",
    "Report",
    "TopicSection",
    "TopicsByColumn",
    "draw_map",
    "flat_table",
    "heading",
    "lines_of",
    "striking_findings",
    "write_cross_table",
    "write_page",
]
