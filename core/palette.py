"""The colours of topics and of scales, one place for the map, the tables and the report.

The twenty are told apart under colour-blindness too: `glasbey.create_palette(20,
lightness_bounds=(40, 70), chroma_bounds=(35, 90), colorblind_safe=True, cvd_severity=50)`.
"""

CATEGORIES = (
    "#0079ff", "#d73100", "#ff3dc6", "#65df08", "#008e75", "#00d7ff", "#ffa292", "#f33dff",
    "#10dbba", "#d7048a", "#00a200", "#009eb6", "#fb96fb", "#ff7914", "#9e61a2", "#ff3d59",
    "#65ae79", "#ca7992", "#be04eb", "#ff9aca",
)  # fmt: skip
# Viridis from dark to light, in ten steps: its order is seen without colour too. Its ends are left
# out (0.2 to 0.95 of it), as the darkest is lost on a dark ground and the lightest on a light one.
SCALE = (
    "#404286", "#375a8c", "#2e708e", "#26838e", "#20988a", "#2bac80", "#46be6f", "#72cf56",
    "#a7db34", "#dde328",
)  # fmt: skip


def category(colour: int | str) -> str:
    """Return the colour of a category: after twenty they begin anew; one that was chosen stays."""
    return colour if isinstance(colour, str) else CATEGORIES[colour % len(CATEGORIES)]
