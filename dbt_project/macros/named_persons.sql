{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
{#-
Where departments name people: every table with a name and a resident id, the prefix of the two columns ('head_' for
a head of household), and whether its rows have a place.
-#}
{% macro named_persons() -%}
    {{ return([
        ('agriculture', 'household_register', '', true),
        ('agriculture', 'resident_cadres', '', true),
        ('agriculture', 'toilet_retrofits', 'head_', true),
        ('civil_affairs', 'subsistence_allowance', '', true),
        ('civil_affairs', 'subsistence_allowance', 'head_', true),
        ('civil_affairs', 'extreme_poverty_support', '', true),
        ('civil_affairs', 'disability_subsidies', '', true),
        ('civil_affairs', 'deaths', '', false),
        ('civil_affairs', 'temporary_assistance', '', true),
        ('civil_affairs', 'village_committees', '', true),
        ('civil_affairs', 'low_income_edge', '', true),
        ('civil_affairs', 'low_income_edge', 'head_', true),
        ('civil_affairs', 'rigid_expense_households', '', true),
        ('civil_affairs', 'rigid_expense_households', 'head_', true),
        ('civil_affairs', 'unsupported_children', '', true),
        ('health', 'medical_settlements', '', false),
        ('health', 'medical_insurance_enrolment', '', false),
        ('health', 'serious_illness', '', false),
        ('human_resources', 'employment_monitoring', '', true),
        ('human_resources', 'unemployment_registration', '', false),
        ('human_resources', 'skills_training', '', false),
        ('human_resources', 'employment_incentives', '', false),
        ('human_resources', 'pension_enrolment', '', false),
    ]) }}
{%- endmacro %}
