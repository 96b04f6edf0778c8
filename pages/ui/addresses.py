"""Where the app's own routes live, beside Streamlit's."""

from streamlit import config


def address(path: str) -> str:
    """Return the address of one of the app's own routes, under the server's base path."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/textlode/{path}" if base else f"/textlode/{path}"
