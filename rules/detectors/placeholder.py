"""placeholder: a template that went out before it was filled in."""

from rules.detectors.detector import Detector, found_by

_FIELD = r"(?:first|last|full|sur|given|company|recipient|member|user|event|speaker|your|contact)"
_THING = (
    r"(?:[a-z]+ ){0,3}(?:name|date|time|venue|title|link|url|address|e-?mail|text|details?|subject|speaker|"
    r"company|organisation|organization|location|number|image|logo|signature|recipient|topic|price|amount|place|room|month|year)"
)
_ASKED = r"(?:insert|enter|add|your|fill in|type|put|tbc|tba|xx+|name of|date of|title of)"
_FOUND = "|".join(
    (
        r"\{\{\s?[a-z_][\w .|-]{0,60}\s?\}\}",  # {{ first_name }}
        r"\$\{[a-z_][\w.]{0,60}\}",  # ${name}
        r"\{%[^%]{1,80}%\}",
        r"<<\s?[a-z][\w ]{0,60}\s?>>",  # mail merge
        r"«\s?[a-z][\w ]{0,60}\s?»",
        r"%%[a-z_]{2,40}%%|%[a-z]{2,20}_[a-z_]{2,20}%",
        r"\*\|[a-z_:]{2,40}\|\*",  # *|FNAME|*
        rf"[\[<](?:please )?{_ASKED}\b[^\]>\n]{{0,60}}[\]>]",
        rf"[\[<]{_THING}(?: here)?[\]>]",
        rf"[\[<]{_FIELD}[ _]?name[\]>]",
        r"\b(?:insert|enter|add|put|type) (?:your |the |a )?(?:[a-z]+ ){1,3}here\b",
        r"\blorem ipsum\b",
        r"\bdear (?:x{2,}|\[[^\]]{0,40}\]|<[^>]{1,40}>|_{3,}|\.{3,})",
        r"\b(?:x{2}[/.-]x{2}[/.-](?:x{2}){1,2}|dd[/.-]mm[/.-]yy(?:yy)?)\b",
        r"(?:\bx{4,}|_{6,}) (?:for|to|at|on|and|hospital|trust|university)\b",
    )
)


DETECTOR = Detector(
    "placeholder",
    r"\{\{|\$\{|\{%|<<|«|%[a-z_]+%|\*\||[\[<](?:please |insert|enter|add|your|fill|type|put|tb|xx|[a-z]+)|"
    r"\bhere\b|lorem|\bdear (?:x|\[|<|_|\.)|xx[/.-]xx|dd[/.-]mm|xxxx|______",
    found_by(_FOUND),
    frozenset({"subject", "own", "html", "link-text", "attachment", "calendar"}),
)
