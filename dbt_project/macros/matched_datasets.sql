{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
{#-
Datasets whose rows are matched to the household register, with the key of the row's subject: the person, else the
head of household, else the household. A contract leaves out tables whose people need not be farmers (semantics,
reconciliation).
-#}
{% macro matched_datasets() -%}
    {{ return([
        ('agriculture', 'household_register', 'person_key'),
        ('agriculture', 'household_income', 'household_key'),
        ('agriculture', 'monitored_households', 'household_key'),
        ('agriculture', 'industry_support_payments', 'household_key'),
        ('agriculture', 'toilet_retrofits', 'head_person_key'),
        ('civil_affairs', 'subsistence_allowance', 'person_key'),
        ('civil_affairs', 'extreme_poverty_support', 'person_key'),
        ('civil_affairs', 'disability_subsidies', 'person_key'),
        ('civil_affairs', 'deaths', 'person_key'),
        ('civil_affairs', 'temporary_assistance', 'person_key'),
        ('civil_affairs', 'low_income_edge', 'person_key'),
        ('civil_affairs', 'rigid_expense_households', 'person_key'),
        ('civil_affairs', 'unsupported_children', 'person_key'),
        ('health', 'medical_settlements', 'person_key'),
        ('health', 'medical_insurance_enrolment', 'person_key'),
        ('health', 'serious_illness', 'person_key'),
        ('human_resources', 'employment_monitoring', 'person_key'),
        ('human_resources', 'unemployment_registration', 'person_key'),
        ('human_resources', 'skills_training', 'person_key'),
        ('human_resources', 'employment_incentives', 'person_key'),
        ('human_resources', 'pension_enrolment', 'person_key'),
    ]) }}
{%- endmacro %}
