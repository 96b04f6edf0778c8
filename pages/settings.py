"""Settings: how it runs."""

import streamlit as st

from core.i18n import LANGUAGES
from core.settings import Settings
from pages.ui.words import LANGUAGE_KEY, _, language

st.title(_("Settings"))
chosen = st.selectbox(
    _("Language"),
    list(LANGUAGES),
    index=list(LANGUAGES).index(language()),
    format_func=LANGUAGES.__getitem__,
    key="language-choice",
)
if chosen != language():
    st.session_state[LANGUAGE_KEY] = chosen
    st.query_params[LANGUAGE_KEY] = chosen
    st.rerun()

settings = Settings.from_environment()
st.subheader(_("This installation"))
st.markdown(_("Set by the variables of the environment when the server starts."))
st.table(
    {
        "TEXTLODE_HOME": str(settings.home),
        "TEXTLODE_SCHEDULER": settings.scheduler or _("embedded"),
        "TEXTLODE_DEVICE": settings.device,
        "TEXTLODE_USER": settings.user,
    }
)
