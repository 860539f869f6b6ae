{#- What each county received of each table in each month, by the ledger of files. -#}
{% macro delivered_tables(united) %}
with county_months as (

    {{ county_months(united) }}

),

tables_asked as (

    select
        dataset,
        department,
        max(label_zh) as label_zh,
        max(cadence) as cadence
    from {{ rows_of(united, 'dim_dataset') }}
    group by dataset, department

),

files as (

    select
        month,
        district_code,
        department,
        dataset,
        count(*) as files,
        sum(case when is_current then 1 else 0 end) as files_in_force,
        sum(case when is_current then rows_accepted else 0 end) as rows_accepted
    from {{ rows_of(united, 'reconciliation_deliveries') }}
    group by month, district_code, department, dataset

)

select
    county_months.month,
    county_months.district_code,
    county_months.county_name,
    tables_asked.department,
    tables_asked.dataset,
    tables_asked.label_zh,
    tables_asked.cadence,
    case
        when not county_months.has_month then 'no_month'
        when files.files is null then 'not_delivered'
        when files.files_in_force = 0 then 'not_in_force'
        else 'in_force'
    end as status,
    cast(coalesce(files.files, 0) as integer) as files,
    cast(coalesce(files.rows_accepted, 0) as integer) as rows_accepted
from county_months
cross join tables_asked
left join files
    on
        county_months.month = files.month
        and county_months.district_code = files.district_code
        and tables_asked.department = files.department
        and tables_asked.dataset = files.dataset
{% endmacro %}
