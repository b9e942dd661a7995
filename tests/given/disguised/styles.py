"""Disguises by style: text that no reader sees, as the phrase itself or as chaff within its words."""

from tests.given.disguised.carrier import EVERYWHERE, PHRASE, SHOWN, Disguise, page

HIDING = (
    "display:none",
    "display : NONE !important",
    "display:/**/none",
    "dis\\70lay:none",
    "visibility:hidden",
    "visibility:collapse",
    "content-visibility:hidden",
    "opacity:0",
    "opacity:.01",
    "opacity:0%",
    "filter:opacity(0)",
    "filter:alpha(opacity=0)",
    "font-size:0",
    "font-size:0px",
    "font-size:1px",
    "font-size:.5pt",
    "font-size:0.1em",
    "font-size:1%",
    "font-size:calc(0px)",
    "font:0/0 a",
    "font:1px arial",
    "line-height:0;overflow:hidden",
    "max-height:0;overflow:hidden",
    "height:0;overflow:hidden",
    "width:0;overflow:hidden;display:inline-block",
    "max-width:0px;overflow:hidden",
    "height:1px;width:1px;overflow:hidden;position:absolute",
    "text-indent:-9999px",
    "text-indent:-999em",
    "text-indent:100%;white-space:nowrap;overflow:hidden",
    "position:absolute;left:-9999px",
    "position:absolute;top:-5000em",
    "position:fixed;right:-2000px",
    "position:absolute;left:200vw",
    "margin-left:-9999px",
    "clip:rect(0,0,0,0);position:absolute",
    "clip:rect(0 0 0 0);position:absolute",
    "clip-path:inset(50%)",
    "clip-path:inset(100%)",
    "clip-path:circle(0)",
    "clip-path:polygon(0 0)",
    "transform:scale(0)",
    "transform:scale(0,1)",
    "transform:scaleX(0)",
    "transform:translateX(-9999px)",
    "transform:rotateX(90deg)",
    "scale:0",
    "zoom:0",
    "mso-hide:all",
    "color:transparent",
    "color:white",
    "color:#fff",
    "color:#FFFFFF",
    "color:#fffe",
    "color:#fefefe",
    "color:#ffffff00",
    "color:rgb(255,255,255)",
    "color:rgb(255 255 255)",
    "color:rgb(100%,100%,100%)",
    "color:rgb(254, 254, 253)",
    "color:rgba(0,0,0,0)",
    "color:rgb(0 0 0 / 0%)",
    "color:hsl(0,0%,100%)",
    "color:hsla(120, 100%, 50%, 0)",
    "color:snow",
    "color:ghostwhite",
    "color:Window",
    "color:#000;background:#000",
    "color:red;background-color:#f00",
    "color:rgb(0,51,102);background:#003366",
    "color:black;background:black url(x.png)",
    "-webkit-text-fill-color:transparent",
)
"""Styles that take a text out of its reader's sight, on a white page."""

_HIDDEN_BY_MARKUP = {
    "attribute hidden": "<span hidden>TEXT</span>",
    "font in white": "<font color=white>TEXT</font>",
    "font in white without a sign": "<font color=fffffe>TEXT</font>",
    "font of no size": "<font style='font-size:0'>TEXT</font>",
    "text in the colour of its cell": "<table bgcolor='#336699'><tr><td><font color='#336699'>TEXT</font></table>",
    "text in the colour of the page": "<div style='background:#222'><span style='color:#222222'>TEXT</span></div>",
    "class in a sheet": "<style>.q{display:none}</style><span class=q>TEXT</span>",
    "id in a sheet": "<style>#q{font-size:0}</style><span id=q>TEXT</span>",
    "element in a sheet": "<style>span{visibility:hidden}</style><span>TEXT</span>",
    "sheet in a comment": "<style><!-- .q{display:none} --></style><span class=q>TEXT</span>",
    "sheet for a medium": "<style>@media screen{.q{display:none}}</style><span class=q>TEXT</span>",
    "sheet after a comment": "<style>/* } */ .q{display:none}</style><span class=q>TEXT</span>",
    "sheet with an import": "<style>@import url(x);.q{display:none}</style><span class=q>TEXT</span>",
    "sheet with a charset": "<style>@charset 'utf-8'; .q , .r{color:#fff}</style><span class=q>TEXT</span>",
    "sheet with a late rule": "<style>"
    + ".z{margin:0}" * 300
    + ".q{display:none}</style><span class=q>TEXT</span>",
    "last of many sheets": "<style>p{margin:0}</style>" * 30
    + "<style>.q{display:none}</style><span class=q>TEXT</span>",
    "selector by attribute": "<style>[class^=q]{opacity:0}</style><span class=qq>TEXT</span>",
    "selector by place": "<style>span:nth-child(n){display:none}</style><span>TEXT</span>",
    "sheet in the body": "<span class=q>TEXT</span><style>.q{max-height:0;overflow:hidden}</style>",
    "style of a parent": "<div style='display:none'><div><p><span>TEXT</span></p></div></div>",
    "style with entities": "<span style='display&#58;none'>TEXT</span>",
}


_IN_BLOCKS = ("text in the colour of its cell", "text in the colour of the page", "style of a parent")
"""These end the line, so that what stands around them is no word any more."""


def _chaff(wrapped: str) -> str:
    return "spe" + wrapped.replace("TEXT", "xq") + "cial of" + wrapped.replace("TEXT", "zj") + "fer"


def _styled(style: str) -> str:
    return f"<span style='{style}'>TEXT</span>"


DISGUISES = (
    *(
        Disguise(f"hidden by {style}", page("<p>x</p>" + _styled(style).replace("TEXT", PHRASE)), EVERYWHERE)
        for style in HIDING
    ),
    *(
        Disguise(f"hidden by {name}", page("<p>x</p>" + wrapped.replace("TEXT", PHRASE)), EVERYWHERE)
        for name, wrapped in _HIDDEN_BY_MARKUP.items()
    ),
    *(Disguise(f"chaff in {style}", page(f"<p>{_chaff(_styled(style))}</p>"), SHOWN) for style in HIDING),
    *(
        Disguise(f"chaff in {name}", page(f"<p>{_chaff(wrapped)}</p>"), SHOWN)
        for name, wrapped in _HIDDEN_BY_MARKUP.items()
        if name not in _IN_BLOCKS
    ),
)
