{#- Statistical disclosure control of the open marts (semantics, what is open). -#}

{#- The condition that a count would point at few: 1 to k - 1. A null count does not. -#}
{% macro is_small(count, k='k') -%}
    ({{ count }} > 0 and {{ count }} < {{ k }})
{%- endmacro %}

{#-
Complementary suppression: `cells` is a CTE of children with parent_code and is_suppressed. The smallest of them go with
the suppressed ones, empty cells last, until the parent is safe: none is suppressed, or two or more are and none of
their sums is small. Returns the cells with is_hidden, and is_open where all children of the parent do not suffice.
-#}
{% macro complementary_suppression(cells) -%}
    select
        *,
        suppressed > 0 and position <= coalesce(safe_from, position) as is_hidden,
        suppressed > 0 and safe_from is null as is_open
    from (
        select
            *,
            min(position) filter (where position >= 2 and position >= suppressed and not is_small_in_sum) over (
                partition by month, figure, parent_code
            ) as safe_from
        from (
            select
                *,
                row_number() over smallest_first as position,
                count(*) filter (where is_suppressed) over (partition by month, figure, parent_code) as suppressed,
                {%- for count in ['n', 'd', 'rest'] %}
                coalesce({{ is_small('sum(' ~ count ~ ') over smallest_first') }}, false) {{ 'or' if not loop.last }}
                {%- endfor %} as is_small_in_sum
            from {{ cells }}
            window
                smallest_first as (
                    partition by month, figure, parent_code
                    order by is_suppressed desc, is_empty, size, n, division_code
                    rows unbounded preceding
                )
        ) as summed
    ) as judged
{%- endmacro %}

{#- Adds the values of the month before and of the year before, of the same indicator and division. -#}
{% macro with_earlier_values(figures) -%}
    from {{ figures }} as figures
    left join {{ figures }} as previous
        on
            figures.indicator_code = previous.indicator_code
            and figures.division_code = previous.division_code
            and figures.month = {{ dbt.dateadd('month', 1, 'previous.month') }}
    left join {{ figures }} as year_ago
        on
            figures.indicator_code = year_ago.indicator_code
            and figures.division_code = year_ago.division_code
            and figures.month = {{ dbt.dateadd('month', 12, 'year_ago.month') }}
{%- endmacro %}
