{% macro county_versions(united) %}
select
    months.month,
    months.district_code,
    months.county_name,
    months.has_month,
    counties.version as county_version,
    counties.created_at,
    counties.checksum,
    counties.problem
from ({{ county_months(united) }}) as months
inner join {{ rows_of('city', 'counties') }} as counties on months.district_code = counties.district_code
{% endmacro %}
