{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
{#-
The departments' tables, which the SQL of a county's own indicators and rules reads by name: department, dataset, and
of a ledger of dated events its key and their date (cumulative_rows), else nothing (snapshot_rows).
-#}
{% macro offered_tables() -%}
    {{ return([
        ('agriculture', 'household_register', '', ''),
        ('agriculture', 'household_income', '', ''),
        ('agriculture', 'monitored_households', '', ''),
        ('agriculture', 'verification_returns', 'lead_id', 'verified_on'),
        ('agriculture', 'industry_support_payments', 'payment_no', 'paid_on'),
        ('agriculture', 'consumption_support', 'purchase_no', 'purchased_on'),
        ('agriculture', 'support_funds', '', ''),
        ('agriculture', 'project_assets', '', ''),
        ('agriculture', 'resident_cadres', '', ''),
        ('agriculture', 'toilet_retrofits', '', ''),
        ('agriculture', 'natural_villages', '', ''),
        ('agriculture', 'village_infrastructure', '', ''),
        ('agriculture', 'rural_roads', '', ''),
        ('agriculture', 'cleaning_fund', '', ''),
        ('agriculture', 'collective_income', '', ''),
        ('agriculture', 'policy_instruments', '', ''),
        ('agriculture', 'joint_meetings', 'meeting_no', 'held_on'),
        ('agriculture', 'standard_designs', '', ''),
        ('agriculture', 'project_library', '', ''),
        ('civil_affairs', 'subsistence_allowance', '', ''),
        ('civil_affairs', 'extreme_poverty_support', '', ''),
        ('civil_affairs', 'disability_subsidies', '', ''),
        ('civil_affairs', 'deaths', 'person_key', 'died_on'),
        ('civil_affairs', 'temporary_assistance', 'payment_no', 'assisted_on'),
        ('civil_affairs', 'village_committees', '', ''),
        ('civil_affairs', 'party_membership', '', ''),
        ('civil_affairs', 'issue_cases', '', ''),
        ('civil_affairs', 'archives', '', ''),
        ('civil_affairs', 'low_income_edge', '', ''),
        ('civil_affairs', 'rigid_expense_households', '', ''),
        ('civil_affairs', 'unsupported_children', '', ''),
        ('health', 'medical_settlements', 'settlement_no', 'settled_on'),
        ('health', 'medical_insurance_enrolment', '', ''),
        ('health', 'serious_illness', '', ''),
        ('human_resources', 'employment_monitoring', '', ''),
        ('human_resources', 'unemployment_registration', '', ''),
        ('human_resources', 'skills_training', 'class_no,person_key', 'started_on'),
        ('human_resources', 'employment_incentives', 'payment_no', 'paid_on'),
        ('human_resources', 'job_support_activities', 'activity_no', 'held_on'),
        ('human_resources', 'pension_enrolment', '', ''),
    ]) }}
{%- endmacro %}
