"""Texts of many languages, in the encodings that their files come in, are read as they were."""

from pathlib import Path

import pytest

from core.data import read_table

PHRASES = {
    "de": ["Die Lieferung kam viel zu spät.", "Größe stimmt nicht, Gerät fällt aus."],
    "fr": ["Très déçu, le colis n'est jamais arrivé.", "Ça marche à moitié, dès le début."],
    "es": ["El envío llegó dañado y nadie contestó.", "¿Cuándo me devolverán el dinero, señor?"],
    "pl": [
        "Przesyłka dotarła uszkodzona, żądam zwrotu.",
        "Bardzo długo się ładuje, łatwo się gnie.",
    ],
    "cs": ["Zásilka přišla poškozená a nikdo neodpověděl.", "Příliš žluťoučký kůň, děkuji."],
    "hu": [
        "A csomag törötten érkezett, és nem működik.",
        "Nagyon lassú ügyfélszolgálat, többé nem.",
    ],
    "tr": ["Ürün bozuk geldi, iade etmek istiyorum.", "Kargo çok geç ulaştı, şikâyetçiyim, ağır."],
    "lt": ["Siunta atėjo sugadinta, prašau grąžinti pinigus.", "Labai lėtai įsikrauna, žiūrėkite."],
    "el": ["Το δέμα έφτασε κατεστραμμένο.", "Πολύ αργή εξυπηρέτηση, δεν θα ξαναγοράσω."],
    "ru": ["Посылка пришла повреждённой.", "Очень долго заряжается, верните деньги."],
    "uk": ["Посилка прийшла пошкодженою, її повернули.", "Дуже довго заряджається, є скарга."],
    "he": ["החבילה הגיעה פגומה ואף אחד לא ענה.", "השירות איטי מאוד, לא אקנה שוב."],
    "ar": ["وصلت الشحنة تالفة ولم يرد أحد.", "الخدمة بطيئة جدا ولن أشتري مرة أخرى."],
    "th": ["พัสดุมาถึงในสภาพเสียหาย", "บริการช้ามาก จะไม่ซื้ออีก"],
    "ja": ["荷物が壊れて届きました。", "対応がとても遅いので、もう買いません。"],
    "ko": ["상품이 파손된 상태로 도착했습니다.", "배송이 너무 느려서 다시 사지 않겠습니다."],
    "zh": ["包裹送到时已经损坏了。", "客服太慢，我再也不会买了。"],
    "zh_Hant": ["包裹送到時已經損壞了。", "客服太慢，我再也不會買了。"],
}
WESTERN = ["cp1252", "latin-1", "mac-roman", "cp850"]
ENCODINGS = {
    "de": WESTERN,
    "fr": WESTERN,
    "es": WESTERN,
    "pl": ["cp1250", "iso8859-2", "cp852"],
    "cs": ["cp1250", "iso8859-2", "mac-latin2"],
    "hu": ["cp1250", "iso8859-2"],
    "tr": ["cp1254", "iso8859-9", "cp857"],
    "lt": ["cp1257", "iso8859-13"],
    "el": ["cp1253", "iso8859-7", "cp737"],
    "ru": ["cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic"],
    "uk": ["cp1251", "koi8-u"],
    "he": ["cp1255", "cp862"],
    "ar": ["cp1256", "iso8859-6"],
    "th": ["cp874"],
    "ja": ["shift_jis", "euc_jp", "iso2022_jp"],
    "ko": ["euc_kr", "johab"],
    "zh": ["gb18030", "hz"],
    "zh_Hant": ["big5", "gb18030"],
}
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize(
    ("language", "encoding"),
    [(language, one) for language, known in ENCODINGS.items() for one in [*known, *UNICODE]],
)
def test_a_few_phrases_are_read_as_they_were(tmp_path: Path, language: str, encoding: str) -> None:
    rows = [(str(n), text) for n, text in enumerate(PHRASES[language] * 4)]
    path = tmp_path / "x.csv"
    path.write_bytes(
        "".join(f'{n},"{text}"\n' for n, text in [("id", "text"), *rows]).encode(encoding)
    )
    table = read_table(path).table
    assert table.column("text").to_pylist() == [text for _, text in rows]


def test_a_few_names_in_katakana_are_no_latvian(tmp_path: Path) -> None:
    names = ["オック語", "パナマ バルボア", "シチリア語", "グアドループ"]
    path = tmp_path / "x.csv"
    rows = "".join(f"{n},{name},mixed\n" for n, name in enumerate(names, 1))
    path.write_bytes(f"id,text,label\n{rows}".encode("shift_jis"))
    assert read_table(path).table.column("text").to_pylist() == names
