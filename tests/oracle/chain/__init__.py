"""Fund, project, asset, dividend: how delivered rows are linked by their numbers, and where a link breaks.

It shares nothing with the dbt models: one row is looked at after the other.
"""

AMBIGUITIES: list[str] = [
    "A number is shown as its own row has it; only what other rows say of it (fund documents of a project, the asset "
    "that a payment names) is shown in the form in which numbers are compared.",
    "A project that is listed after A is no project yet: it has no row, no conflict, and names no fund document. Its "
    "number resolves all the same, and an asset that names it has a row of its own in the chain.",
    "The chain's A is that of the oldest delivery among funds, projects and assets that count.",
    "An asset's own fund documents count where its project number is empty or does not resolve; as a link that "
    "must resolve (REC-22) they are looked at only where it is empty.",
    "An asset's own fund document is no project: REC-16 asks for a project.",
    "A project's first asset is the first in delivery order; the others show no money of the project.",
    "A project without town and village takes both from the asset; else both are its own.",
    "Dividend year, paid amount and households are shown for every asset whose payments are known, also where nothing "
    "is due; nothing paid is 0.",
    "Without a project list that counts, an asset without 分红起始年度 has an unknown dividend.",
    "REC-22 takes payments of every type, paid by month end, and projects in the library or out of it.",
    "REC-20 takes the year before that of its A, the indicator M's year.",
    "Of rows of one document, year and level whose numbers differ in form only, REC-16 makes one conflict.",
    "Of a year and level without a row of known purpose the industry amount is null, the known amount 0.",
]
"""Where the definition can be read in more than one way, and which reading the oracle takes."""
