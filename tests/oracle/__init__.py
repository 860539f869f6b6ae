"""The product's marts computed a second time, plainly and slowly, from the departments' files.

Belongs here: plain Python over plain files, written from the semantics alone. The folders follow the subjects:
``reading``, then ``risk``, ``indicators`` and ``reconciliation``, over the contracts and seeds (``catalogue``) and the
households of a month (``households``). It shares no code with the product or the SQL of ``dbt_project``.
Does not belong here: speed, error messages, invented inputs (``tests.worlds``), anything that a department would see.
"""
