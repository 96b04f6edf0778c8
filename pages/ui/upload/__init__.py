"""Files on their way from a browser to the disk, of any size and never in memory.

Streamlit's own uploader parses and holds a whole file in the server's process, in which everybody
else's clicks wait meanwhile. Here the browser sends a file in slices, each of which is written as
it arrives; a slice that is lost on the way is sent again::

    arrived = upload_zone(label, key="start", several=True)  # [] until all have arrived
    arrived[0].name, arrived[0].path                         # a file to be moved to its place
    clear_zone("start")                                      # ready for the next ones

and the application mounts what takes the slices: `st.App(..., routes=routes())`. `inbox` keeps
what has arrived, `receiving` writes it, `zone` draws, `upload.js` sends.
"""

from pages.ui.upload.inbox import Arrived, empty_old_inboxes
from pages.ui.upload.receiving import routes
from pages.ui.upload.zone import clear_zone, upload_zone

__all__ = ["Arrived", "clear_zone", "empty_old_inboxes", "routes", "upload_zone"]
