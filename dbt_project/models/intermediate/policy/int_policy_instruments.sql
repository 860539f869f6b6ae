-- Says of every document of the list that counts if it is in force, on the last day of the list's month and of this
-- one: it has begun, has not expired, and no document that has begun replaces it, even one that has expired since.
with listed as (

    select
        *,
        last_day(extract_month) as list_day,
        {{ document_number('instrument_no') }} as number,
        coalesce(effective_on, issued_on) as begins_on
    from ({{ snapshot_rows('agriculture', 'policy_instruments') }}) as delivered

),

replaced as (

    select
        {{ each_of(document_numbers('replaces')) }} as number,
        number as by_number,
        -- Without a date it has always been valid.
        coalesce(begins_on, cast('0001-01-01' as date)) as begins_on
    from listed
    where replaces is not null

),

-- A document that names itself replaces nothing.
first_replaced as (

    select
        number,
        min(begins_on) as replaced_on
    from replaced
    where number <> by_number
    group by number

),

judged as (

    select
        listed.*,
        replaced.replaced_on
    from listed
    left join first_replaced as replaced on listed.number = replaced.number

)

select
    instrument_no,
    number,
    title,
    document_no,
    issuer,
    subject,
    form,
    issuing_level,
    issued_on,
    effective_on,
    expires_on,
    replaces,
    department,
    dataset,
    extract_month,
    delivery_no,
    file_no,
    sheet_no,
    row_number,
{% for name, day in [('is_in_force', 'list_day'), ('is_in_force_at_month_end', month_end())] %}
coalesce(begins_on <= {{ day }}, true)
and coalesce(expires_on > {{ day }}, true)
and coalesce(replaced_on > {{ day }}, true) as {{ name }}{{ ',' if not loop.last }}
{% endfor %}
from judged
