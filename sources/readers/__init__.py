"""Files as they are: bytes in, sheets of text cells out.

Belongs here: formats, encodings, archives, size limits. Does not belong here: what a header or a cell means.
"""

from sources.readers.beside import Content, Read, ReadAhead, ReaderProcess, read_here
from sources.readers.sheet import Sheet
from sources.readers.workbook import read_sheets

__all__ = ["Content", "Read", "ReadAhead", "ReaderProcess", "Sheet", "read_here", "read_sheets"]
