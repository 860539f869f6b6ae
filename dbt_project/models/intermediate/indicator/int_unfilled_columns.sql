-- Lists the needed columns that no row of the deliveries used has filled. A table without rows has none to fill.
{% for department, dataset, key, columns in needed_columns() %}
select
    '{{ dataset }}.' || names.name as name,
    names.header
from (
    select
    {%- for name, header, condition in columns %}
        max(case when {{ condition }} then 1 else 0 end) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from ({{ cumulative_rows(department, dataset, key) if key else snapshot_rows(department, dataset) }}) as delivered
) as filled
inner join (
    values
    {%- for name, header, condition in columns %}
    ('{{ name }}', '{{ header }}'){{ ',' if not loop.last }}
    {%- endfor %}
) as names (name, header)
    on
    {%- for name, header, condition in columns %}
        {{ 'or ' if not loop.first }}(names.name = '{{ name }}' and filled.{{ name }} = 0)
    {%- endfor %}
{{ 'union all' if not loop.last }}
{% endfor %}
