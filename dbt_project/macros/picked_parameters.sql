{#-
Picks the row of every parameter in the district and in each town, for each month of a relation: the row that is valid on
the month's last day, with the longest division prefix (semantics, people, households, divisions).
-#}
{% macro picked_parameters(months) -%}
    select
        months.month,
        divisions.division_code,
        parameters.parameter,
        parameters.value,
        coalesce(parameters.division_prefix, '') as division_prefix,
        parameters.valid_from
    from {{ months }} as months
    cross join (
        select distinct division_code
        from {{ ref('dim_division') }}
        where level in ('district', 'town')
    ) as divisions
    inner join {{ ref('policy_parameters') }} as parameters
        on
            left(divisions.division_code, length(coalesce(parameters.division_prefix, '')))
            = coalesce(parameters.division_prefix, '')
            and last_day(months.month) >= parameters.valid_from
            and (parameters.valid_to is null or last_day(months.month) < parameters.valid_to)
    qualify row_number() over (
        partition by months.month, divisions.division_code, parameters.parameter
        order by length(coalesce(parameters.division_prefix, '')) desc, parameters.valid_from desc
    ) = 1
{%- endmacro %}
