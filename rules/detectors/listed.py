"""is_listed(displayed, start, end): whether a stretch stands in a line that is for machines.

Nobody is invited to open what stands in a program, a file of settings, a log or a terminal.
"""

import re

_LONGEST = 400
"""Code points to each side that are looked at; a line may be a whole paragraph."""
_MARKS = re.compile(r"(?:[ \t]{0,3}>)+[ \t]?")
_BEGINS = re.compile(
    r"\s*(?:"
    r"[$%] \S|[\w.-]+@[\w.-]+\S* ?[$#%] |PS [A-Z]:\\|[A-Za-z]:\\\S*> ?\S|In \[\d+\]:"  # a prompt
    r"|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d\b|[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d "  # a log
    r"|\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\b[\]:]? "
    r"|\S+ - \S+ \[\d|[^\"]{0,40}\"?(?:GET|POST|PUT|HEAD|DELETE|PATCH) (?:/|https?:)"  # a web server's
    r"|(?:sudo |export |ENV |set |const |let |var )?(?:[a-z_][\w.-]*|[A-Z][A-Z0-9_.]+) ?:?= ?\S"  # settings
    r"|[a-z]+(?:_[a-z]+)+[ :]|[\"'][\w.-]+[\"']: ?[\"']"
    r"|Proxy(?:Pass|Remote)|Redirect(?:Match|Permanent)? |Rewrite(?:Rule|Cond) |server \S+;"
    r")"
)
_CALLED = re.compile(r"\w\((?:[\w.]+, ?)?[fbr]?[\"']$")
_FENCE = "```"


def is_listed(displayed: str, start: int, end: int) -> bool:
    """Whether the line around a stretch of displayed text is for machines.

    >>> is_listed("proxy_pass http://localhost:80;", 11, 30), is_listed("See http://localhost.", 4, 20)
    (True, False)
    """
    first = displayed.rfind("\n", max(0, start - _LONGEST), start) + 1 or max(0, start - _LONGEST)
    last = displayed.find("\n", end, end + _LONGEST)
    line = displayed[first : last if last >= 0 else end + _LONGEST]
    marks = _MARKS.match(line)
    if _BEGINS.match(line, marks.end() if marks else 0) or _CALLED.search(displayed[first:start]):
        return True
    return displayed.count(_FENCE, 0, start) % 2 == 1
