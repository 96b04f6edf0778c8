"""What was found becomes one page that can be sent on: a picture of the map, and the report.

    draw_map(places, topic_of_unit, names) -> MapPicture    # SVG with the names on it
    write_page(report: Report, language) -> str             # HTML that needs no other file

Both take plain values and know nothing of projects; `core/steps/report.py` gathers what they say.
"""

from core.report.content import ModelSection, Report, TopicSection
from core.report.page import write_page
from core.report.picture import MapPicture, PicturedTopic, draw_map

__all__ = [
    "MapPicture",
    "ModelSection",
    "PicturedTopic",
    "Report",
    "TopicSection",
    "draw_map",
    "write_page",
]
