-- A table, so that a SELECT that fails on the month's rows fails here and nowhere else.
{{ config(materialized='table') }}

{%- set own = own_statements(ref('own_rules'), 'rule_code') %}
{%- set measures = {
    'count': 'count(distinct cases.person_key)',
    'sum': 'sum(cast(cases.measure as decimal(38, 10)))',
    'max': 'max(cast(cases.measure as decimal(38, 10)))',
    'min': 'min(cast(cases.measure as decimal(38, 10)))',
} %}

-- Flags what the county's own rules flag. Their SELECTs see the tables that they name, by these names.
with
{{ tables_read(own) }}
nothing as (

    select
        cast(null as {{ dbt.type_string() }}) as rule_code,
        cast(null as {{ dbt.type_string() }}) as household_key,
        cast(null as double) as measure,
        cast(null as double) as threshold,
        cast(null as integer) as persons,
        cast(null as {{ dbt.type_string() }}) as evidence

)

select * from nothing
where rule_code is not null
{%- for rule in own %}
{%- set counts_persons = rule['about'] == 'persons' %}
union all
-- {{ rule['rule_code'] }}.sql
select
    '{{ rule['rule_code'] }}' as rule_code,
    cases.household_key,
    cast({{ measures[rule['form']] }} as double) as measure,
    cast({{ rule['threshold'].split(' ')[1] }} as double) as threshold,
    cast({{ measures['count'] if counts_persons else 'max(registered.living_members)' }} as integer) as persons,
    {{ evidence(reference('cases.department', 'cases.dataset', 'cases', 'extract_month')) }} as evidence
from (
{{ rule['statement'] }}
) as cases
inner join {{ ref('int_households') }} as registered on cases.household_key = registered.household_key
where
    {{ 'cases.person_key is not null' if counts_persons else 'true' }}
    {%- if rule['form'] != 'count' %}
    and cases.measure is not null
    {%- endif %}
    {%- if rule['households'] != 'all' %}
    and (registered.is_registered or registered.is_monitored)
    {%- endif %}
group by cases.household_key
having {{ measures[rule['form']] }} {{ rule['threshold'] }}
{%- endfor %}
