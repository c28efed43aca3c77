"""What conversion passes by: addresses, placeholders, markup, handles, and numbers with commas."""

import re
from typing import Final

# Endings of hosts and files that Cyrillic letters stand before: қазақ.қаз, жоспар.pdf.
_ENDINGS: Final = "(?:[A-Za-z][A-Za-z0-9]{1,12}|қаз|рф|бел|укр|срб|мон|ею)"
_HOST: Final = rf"[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,8}}\.{_ENDINGS}(?![\w])"
_PATTERNS: Final = (
    r"(?i:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\bmailto:|\btel:)[^\s<>«»\"“”]+",
    rf"[\w.+-]{{1,64}}@{_HOST}(?:/[^\s<>«»\"“”]*)?",
    rf"(?<![\w.-]){_HOST}(?::\d+)?(?:[/?#][^\s<>«»\"“”]*)?",
    r"(?<![\w&])[@#][\w.-]+",
    r"%\([\w.]*\)[-+ #0-9.]*[a-zA-Z]|%[-+#0-9.]*[sdifr](?![\w])",
    r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}|\{[\w.!:, #-]*\}",
    r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});",
    r"<[/!]?[A-Za-z][^<>]{0,2000}>",
    r"\d+(?:,\d+)+",
)
PROTECTED: Final = "|".join(f"(?:{pattern})" for pattern in _PATTERNS)
# Without any of these there is nothing to pass by; all but the comma of numbers, which is told
# apart where commas are written anew.
HINT: Final = re.compile(r"[@#%{&<]|://|\.[\w-]|[:?][^\s]")
