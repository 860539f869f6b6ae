"""Pull rows or files from an HTTPS interface, such as one of a data-sharing exchange (docs/locations.md).

Belongs here: what is special to interfaces. Its libraries are imported once a location is opened.
Does not belong here: what other kinds share (``transport``).
"""

from sources.landing.transport.interface.location import InterfaceLocation

__all__ = ["InterfaceLocation"]
