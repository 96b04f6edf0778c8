"""The language that a reader chose stays, and stands in the address."""

from tests.conftest import PROJECT
from tests.pages.conftest import OpenPage


def test_a_chosen_language_goes_along_from_page_to_page(open_page: OpenPage, home: object) -> None:
    app = open_page("settings", PROJECT)
    app.selectbox(key="language-choice").select("zh_CN").run()
    assert app.title[0].value == "设置"
    app.switch_page("data.py").run()
    assert app.title[0].value == "数据"
    assert app.query_params["lang"] == "zh_CN"


def test_an_address_says_the_language(open_page: OpenPage, home: object) -> None:
    assert open_page("data", PROJECT, language="zh_CN").title[0].value == "数据"
    assert open_page("data", PROJECT, language="xx").title[0].value == "Data"
