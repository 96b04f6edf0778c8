"""Settings: how it runs."""

import os

import streamlit as st

from core.i18n import LANGUAGES
from core.settings import VARIABLES, Settings
from pages.ui.words import _, choose_for_good, language, plain

st.title(_("Settings"))
chosen = st.selectbox(
    _("Language"),
    list(LANGUAGES),
    index=list(LANGUAGES).index(language()),
    format_func=LANGUAGES.__getitem__,
    key="language-choice",
)
if chosen != language():
    choose_for_good(chosen)
    st.rerun()

settings = Settings.from_environment()
st.subheader(_("This installation"))
st.markdown(
    _(
        "Whoever starts the server sets these variables in its environment, for instance "
        "`TEXTLODE_DEVICE=cpu make run`, or with Docker `-e TEXTLODE_DEVICE=cpu`."
    )
)
present = {
    "TEXTLODE_HOME": str(settings.home),
    "TEXTLODE_DEVICE": settings.device,
    "TEXTLODE_SCHEDULER": settings.scheduler or _("this machine's own"),
    "TEXTLODE_FOLDERS": os.pathsep.join(map(str, settings.folders)) or _("none"),
    "TEXTLODE_LANGUAGE": settings.language,
    "TEXTLODE_USER": settings.user,
    "TEXTLODE_WARM_UP": str(int(settings.warm_up)),
}
st.table(
    {
        _("Variable"): [f"`{name}`" for name in VARIABLES],
        _("What it decides"): [_(meaning) for meaning in VARIABLES.values()],
        _("Now"): [plain(present[name]) for name in VARIABLES],
    }
)
st.caption(_("Logs: {folder}", folder=plain(str(settings.logs_folder))))
