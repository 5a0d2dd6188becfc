"""Texts that servers often change: each is a valid JSON string and a lawful external id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

ODD_TEXTS: Final[dict[str, str]] = {
    "mixed case": "MiXeD-caSe-ß-İ-ǅ",
    "surrounding spaces": "  spaces around  ",
    "inner spaces and tab": "two  spaces\tand a tab",
    "line breaks": "line\nbreak\r\nand return\r",
    "single quote": "O'Brien's",
    "double quote and backslash": 'say "hi" \\ back\\slash \\n \\u0041',
    "percent signs": "100% %20 %s %(name)s %00",
    "markup": "<b>&amp;</b><script>alert(1)</script> &lt;",
    "template and path": "${7*7} {{7*7}} ../../etc/passwd C:\\",
    "separators": "a,b;c|d:e/f",
    "emoji": "📦🚚👩🏽‍⚕️🇩🇪",
    "beyond the basic plane": "𝒳𠜎\U0010fffd",
    "combining marks": "e\u0301 o\u0308 Z\u0351\u036b",
    "precomposed letters": "é ö ﬁ Å ①",
    "right-to-left": "שלום \u202eمرحبا\u202c",
    "invisible characters": "\ufeffa\u200bb\u00a0c\ufeffd\u2028e\u00adf",
    "other signs": "a+b c#d e?f=g&h ~!@$^*()_`[]",
    "formula": "=1+2",
    "dash": "-",
    "typographic signs": "\u2018a\u2019 \u201cb\u201d \u2013 \u2014 \u2026 \u2122 \u20ac",
    "line break at the end": "line\n",
    "noncharacters": "a\ufffeb\uffffc\ufdd0",
    "UUID in capitals": "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
    "address in capitals": "JANE.DOE@EXAMPLE.COM",
    "date": "2024-01-31",
    "card number": "4111111111111111",
    "number": "007",
    "exponent": "1e5",
    "words of JSON": "null",
    "true": "true",
    "64 characters": "x" * 63 + "y",
    "65 characters": "x" * 64 + "y",
    "255 characters": "x" * 254 + "y",
    "256 characters": "x" * 255 + "y",
    "1000 characters": "x" * 999 + "y",
    "5000 characters": "x" * 4999 + "y",
    "two-byte characters": "é" * 255 + "y",
    "control characters": "\u0001\u0002\u001f\u007f\u0085",
    "U+0000": "nul\u0000nul",
    "empty": "",
    "only a space": " ",
}
"""Texts by what is odd about them; a server may refuse one, but not accept and change it."""

NEARLY_ALIKE: Final[dict[str, tuple[str, str]]] = {
    "case": ("a", "A"),
    "an accent": ("e", "\u00e9"),
    "a space at the end": ("s", "s "),
    "width": ("1", "\uff11"),
    "an invisible character": ("j", "j\u200d"),
    "spelling": ("ss", "\u00df"),
}
"""Ends of two texts that the collation of a database may treat as equal."""


_FRAGMENTS = (
    *(
        "a",
        "Z",
        "0",
        " ",
        "  ",
        "\t",
        "\n",
        "'",
        '"',
        "\\",
        "/",
        "%",
        "%41",
        "&amp;",
        "<",
        "{",
        ",",
    ),
    *("é", "e\u0301", "ß", "İ", "ı", "ǅ", "ﬁ", "Å", "\u212b", "①", "漢", "한", "א", "م"),
    *("\u200b", "\u00a0", "\ufeff", "\u202e", "\u2028", "\u007f", "\u0085", "\u0001"),
    *("📦", "👩🏽\u200d⚕\ufe0f", "𝒳", "\U0010fffd"),
)
"""Fragments that servers fold, trim, escape, normalise or cut in half."""

LONGEST_RANDOM = 80


def texts() -> SearchStrategy[str]:
    """Draw lawful texts: any Unicode character, but more often those that servers change."""
    joined = st.lists(st.sampled_from(_FRAGMENTS), min_size=1, max_size=8).map("".join)
    return joined | st.text(st.characters(exclude_categories=["Cs"]), max_size=LONGEST_RANDOM)
