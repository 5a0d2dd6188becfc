"""Texts that servers like to change: each is a lawful JSON string and a lawful external id."""

from __future__ import annotations

from typing import Final

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
    "invisible characters": "a\u200bb\u00a0c\ufeffd\u2028e",
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
"""By class; a server may refuse such a text or keep it, but not accept and change it."""
