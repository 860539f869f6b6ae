"""Why a file cannot be read, in words for the people who sent it.

Belongs here: the one exception that readers raise. Does not belong here: what becomes of the file.
"""


class RefusedError(Exception):
    """A file is refused as a whole; the text is Chinese, names no cell content and says what to do."""
