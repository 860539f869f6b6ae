"""What each department knows in a month, as tidy frames under the contract's column names.

Belongs here: one builder per table. Does not belong here: how an office writes it (``office``).
Numbers are whole hundredths of the contract's unit (number columns) or whole numbers (integer columns); towns and
villages are codes; months are YYYY-MM. ``_luck`` (in [0, 1)) and ``_kept`` (never to be spoiled) ride along for the
office.
"""
