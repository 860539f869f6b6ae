"""Read file formats: bytes in, sheets of text cells out.

Belongs here: formats, encodings, size limits, the reader process.
Does not belong here: interpreting headers or cells.
"""

from sources.reading.files.reader_process import Read, ReadAhead, ReaderProcess, Readers, read_here
from sources.reading.files.sheet import Sheet
from sources.reading.files.workbook import read_sheets

__all__ = ["Read", "ReadAhead", "ReaderProcess", "Readers", "Sheet", "read_here", "read_sheets"]
