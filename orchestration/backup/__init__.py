"""Back up the data home and restore it.

Belongs here: the folder of a backup, its snapshots, its encryption, the order of the steps.
Does not belong here: the terminal (``orchestration.commands.backup``), the files of a home themselves (``sources``).

A backup is a folder of objects, each the content of one file under its hash, and of snapshots, each the list of every
file of the home at one time. Files that do not change are copied once, however many snapshots name them.
"""
