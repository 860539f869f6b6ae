-- Counts by file the accepted rows of the month that name a person or household on the month's register.
with delivered as (

    {% for department, dataset, key in matched_datasets() %}
    select '{{ dataset }}' as dataset, delivery_no, file_no, {{ key }} as subject_key
    from {{ ref('stg_' ~ department ~ '__' ~ dataset) }}
    where extract_month = {{ month_start() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- A person's key never equals a household's: they are made from different texts.
register as (

    select person_key as subject_key from {{ ref('int_members') }}
    union all
    select household_key as subject_key from {{ ref('int_households') }}

)

select
    delivered.dataset,
    delivered.delivery_no,
    delivered.file_no,
    count(register.subject_key) as rows_matched
from delivered
left join register on delivered.subject_key = register.subject_key
group by delivered.dataset, delivered.delivery_no, delivered.file_no
