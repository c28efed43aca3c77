"""Markdown that has fooled sanitisers, to be written into stories and looked at in a browser."""

from __future__ import annotations

SCRIPT = "window.fooled = true; fetch('https://tracker.example/')"

HOSTILE = (
    # Raw HTML.
    f"<script>{SCRIPT}</script>",
    f'<img src=x onerror="{SCRIPT}">',
    f'<svg/onload="{SCRIPT}">',
    f'<svg><animate onbegin="{SCRIPT}" attributeName=x dur=1s>',
    f'<details open ontoggle="{SCRIPT}"><summary>x</summary></details>',
    f'<iframe srcdoc="<script>parent.fooled = true</script>"></iframe>',  # noqa: F541 - one form
    "<iframe src=https://tracker.example/></iframe>",
    "<object data=https://tracker.example/></object><embed src=https://tracker.example/>",
    "<link rel=stylesheet href=https://tracker.example/x.css>",
    "<style>@import 'https://tracker.example/x.css'; * { display: none }</style>",
    "<base href=https://tracker.example/>",
    "<meta http-equiv=refresh content='0;url=https://tracker.example/'>",
    '<form action=https://tracker.example/><input autofocus onfocus="fooled = true"></form>',
    "<math><mtext><table><mglyph><style><img src=x onerror='fooled = true'></style></table></math>",
    "<noscript><p title=\"</noscript><img src=x onerror='fooled = true'>\"></noscript>",
    "<p style='background: url(https://tracker.example/x.png)'>x</p>",
    "<!--><img src=x onerror='fooled = true'>-->",
    "<![CDATA[<img src=x onerror='fooled = true'>]]>",
    "&lt;script&gt;fooled = true&lt;/script&gt;",
    "&#60;script&#62;fooled = true&#60;/script&#62;",
    # Addresses that run.
    "[x](javascript:fooled=true)",
    "[x](JaVaScRiPt:fooled=true)",
    "[x](java\tscript:fooled=true)",
    "[x](<java\nscript:fooled=true>)",
    "[x](java&#x09;script:fooled=true)",
    "[x](javascript&colon;fooled=true)",
    "[x](&#106;avascript:fooled=true)",
    "[x](\\javascript:fooled=true)",
    "[x](java\u200bscript:fooled=true)",
    "[x](vbscript:fooled)",
    "[x](data:text/html,<script>fooled=true</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5wYXJlbnQuZm9vbGVkPXRydWU8L3NjcmlwdD4=)",
    "[x](blob:https://tracker.example/1)",
    "[x](//tracker.example/)",
    "[x](/\\tracker.example/)",
    "[x](https:/\\/\\tracker.example)",
    "<javascript:fooled=true>",
    "[x]\n\n[x]: javascript:fooled=true 'title'",
    '[x](https://a.example/"onmouseover="fooled=true)',
    "[x](https://a.example/ \"' onmouseover='fooled=true\")",
    "https://a.example/'onmouseover='fooled=true",
    '<https://a.example/"onfocus="fooled=true"autofocus="">',
    # Foreign images.
    "![x](https://tracker.example/pixel.png)",
    "![x](//tracker.example/pixel.png)",
    "![x](data:image/svg+xml,<svg onload=fooled=true>)",
    "![x](image:../../etc/passwd)",
    '![" onerror="fooled=true](image:abc)',
    "[![x](https://tracker.example/pixel.png)](https://a.example/)",
    # What makes other elements of what is allowed.
    "[^1]\n\n[^1]: <img src=x onerror='fooled = true'>",
    "[^<img src=x onerror='fooled = true'>]\n\n[^<img src=x onerror='fooled = true'>]: x",
    "|<img src=x onerror='fooled=1'>|b|\n|:-:|-|\n|<script>fooled=1</script>|[x](javascript:x)|",
    '```"><script>fooled = true</script>\n</code></pre><script>fooled = true</script>\n```',
    "`<img src=x onerror='fooled = true'>`",
    "# <a id=main href=javascript:fooled=true>x</a>",
    "<a id=fooled></a><a id=fooled name=x href=https://tracker.example/></a>",
    # Unended, so that what follows would be swallowed.
    "<div><table><tr><td><!-- <textarea> <title> <plaintext>",
)
