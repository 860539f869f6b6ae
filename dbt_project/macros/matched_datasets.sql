{#-
Datasets whose rows name a person or a household, with the column that does: the resident id, else the head's, else the
household. Committees and cadres are left out: their people need not be farmers (semantics, reconciliation).
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
