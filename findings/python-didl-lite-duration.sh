#!/usr/bin/env bash
# python-didl-lite writes a track without its duration, and drops what has a class of its maker
#
# Software: python-didl-lite 1.5.2 (Home Assistant's DLNA)
# Guess:    A Resource is written with the attributes that it has: a speaker takes the length of what it is to play from
#           duration. A class may be derived from a standard one (UPnP ContentDirectory:1), as
#           object.item.audioItem.linein of a speaker's input is: it counts as its parent.
# Seen:     Of all attributes protocolInfo alone is written. An item with such a class is an error for the whole list,
#           or left out of it.
# Output:   written: <res protocolInfo="http-get:*:audio/mpeg:*">http://192.0.2.7/news.mp3</res>
#           a track and an input: DidlLiteException
#           a track and an input, strict=False: News
# Callbox:  plays no DLNA.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check python-didl-lite==1.5.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from didl_lite import didl_lite

MP3 = "http-get:*:audio/mpeg:*"


def item(title, kind):
    return (
        f'<item id="{title}" parentID="0" restricted="1"><dc:title>{title}</dc:title>'
        f"<upnp:class>object.item.audioItem.{kind}</upnp:class></item>"
    )


def titles(**options):
    try:
        return ", ".join(found.title for found in didl_lite.from_xml_string(BOTH, **options))
    except didl_lite.DidlLiteException as error:
        return type(error).__name__


BOTH = (
    '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    f'xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/">{item("News", "musicTrack")}{item("Input", "linein")}'
    "</DIDL-Lite>"
)
resource = didl_lite.Resource("http://192.0.2.7/news.mp3", MP3, duration="0:05:00", bitrate="16000", size="4800000")
track = didl_lite.MusicTrack(id="0", parent_id="-1", restricted="1", title="News", resources=[resource])
xml = didl_lite.to_xml_string(track).decode()
written = xml[xml.index("<res ") : xml.index("</item>")]
strict, lenient = titles(), titles(strict=False)
print("written:", written)
print("a track and an input:", strict)
print("a track and an input, strict=False:", lenient)
if "duration" in written or (strict, lenient) != ("DidlLiteException", "News"):
    sys.exit("changed: a resource without duration, and one item, were expected")
PY
