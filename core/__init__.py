"""Textlode's library: texts become vectors, maps, topics, classifiers and reasons.

The sub-packages stand in the order in which data passes them::

    data -> embed -> explore -> learn -> explain

They take tables and arrays and return results, and know nothing of projects, of jobs or of each
other's files. `project` keeps what lasts, `jobs` runs long work outside the page, and only
`steps` joins a project with an algorithm. Nothing in here imports Streamlit.
"""

import os

__version__ = "0.1.0"

# Arrow's allocator asks for huge pages, whose clearing costs a busy machine more than the reading
# of a table and a fifth of its memory. It looks here when Arrow is first imported.
os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")
