"""An XML file as a tree, read so that a hostile one does no harm.

Entities are what such files attack with: they multiply in memory, or name files and addresses to be
fetched. A file that declares one is refused at the declaration; nothing outside of it is ever opened;
and attributes that a document type would add are left out. The document type itself is passed over,
since much good SVG has one.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from seqloom.data.bad_rows import Fault, Place
from seqloom.data.sources.lines import opened
from seqloom.errors import UserError

_CHUNK = 1 << 16
_MOST = 50_000_000
"""Bytes, unpacked: a drawing has thousands."""


class _EntityError(Exception):
    """An entity was declared."""


def read_tree(path: str) -> Element | Fault:
    """The root of the file; names of elements are without their namespace. A fault is a file that is no
    XML or declares entities; raises UserError for one that is larger than 50 MB."""
    builder = TreeBuilder()
    parser = ParserCreate(namespace_separator="}")
    parser.specified_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: builder.start(_local(name), attributes)
    parser.EndElementHandler = lambda name: builder.end(_local(name))
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse
    try:
        for chunk in _chunks(path):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except _EntityError:
        reason = "an XML file must not declare entities here, but this one does."
        line, remedy = parser.CurrentLineNumber, "Save it anew as plain SVG or InkML."
        return Fault(Place(path, line), reason, remedy, "")
    except ExpatError as error:
        reason = f"must be well-formed XML, but is not ({error})."
        remedy = "Is this the right file, and is it whole?"
        return Fault(Place(path, error.lineno), reason, remedy, "")
    return builder.close()


def _chunks(path: str) -> Iterator[bytes]:
    size = 0
    with opened(path) as stream:
        while chunk := stream.readline(_CHUNK):
            size += len(chunk)
            if size > _MOST:
                raise UserError(
                    f"{path}: a drawing may have {_MOST} bytes, but this file has more. "
                    "Is this the right file?"
                )
            yield chunk


def _refuse(*_: object) -> None:
    raise _EntityError


def _local(name: str) -> str:
    return name.rpartition("}")[2]
