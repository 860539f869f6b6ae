"""The command line ``shouwang``: one module per command or family of commands.

Belongs here: arguments, terminal output, exit codes. Does not belong here: the work itself.
"""
