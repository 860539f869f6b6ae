-- Finds resident ids under different names in the month's extracts (REC-04), heads of households included. The
-- department of the file received last answers. If files were received at the same time, the later delivery answers,
-- then the first department and table by name.
with conflicting as (

    select
        person_key,
        {{ json_object({'names': 'count(distinct name_key)'}) }} as facts
    from (
        {% for department, dataset, prefix, has_place in named_persons() %}
        select
            {{ prefix ~ 'person_key' }} as person_key,
            {{ prefix ~ 'name_key' }} as name_key
        from {{ ref('stg_' ~ department ~ '__' ~ dataset) }}
        where extract_month = {{ month_start() }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as named
    group by person_key
    having min(name_key) <> max(name_key)

),

delivered as (

    {% for department, dataset, prefix, has_place in named_persons() %}
    select
        conflicting.person_key,
        conflicting.facts,
        '{{ department }}' as department,
        '{{ dataset }}' as dataset,
        {{ 'ledger.town_code' if has_place else 'null' }} as town_code,
        {{ 'ledger.division_code' if has_place else 'null' }} as division_code,
        ledger.delivery_no,
        ledger.file_no,
        ledger.row_order,
        {{ row_reference(department, dataset, 'ledger') }} as delivered_row
    from {{ ref('stg_' ~ department ~ '__' ~ dataset) }} as ledger
    inner join conflicting on {{ 'ledger.' ~ prefix ~ 'person_key' }} = conflicting.person_key
    where ledger.extract_month = {{ month_start() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

newest_first as (

    select
        delivered.*,
        row_number() over (
            partition by delivered.person_key
            order by
                files.received_at desc nulls last,
                delivered.delivery_no desc,
                delivered.department asc,
                delivered.dataset asc,
                delivered.row_order asc
        ) as recency
    from delivered
    left join {{ ref('stg_intake__deliveries') }} as files
        on
            files.extract_month = {{ month_start() }}
            and delivered.dataset = files.dataset
            and delivered.delivery_no = files.delivery_no
            and delivered.file_no = files.file_no

)

select
    'REC-04' as rule_code,
    person_key as subject,
    facts,
    town_code,
    division_code,
    cast(recency as integer) as place_order,
    case when recency = 1 then department end as answering_department,
    delivered_row
from newest_first
