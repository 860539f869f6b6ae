{#- Reconciliation conflicts: the columns that every rule yields, and the number of a conflict. -#}

{#-
Select list of one delivered row in a conflict. `rule_code` and `subject` (person, household, asset or village, by the
catalogue) are expressions, `row` is the alias of the relation with `row_ref`.
`place_order` is for rows with a place of their own: the subject's smallest one counts if the register has no place.
-#}
{% macro conflict_row(rule_code, subject, department, dataset, row, facts='null', place_order=none) -%}
    {{ rule_code }} as rule_code,
    {{ subject }} as subject,
    cast({{ facts }} as {{ dbt.type_string() }}) as facts,
    cast({{ row ~ '.town_code' if place_order else 'null' }} as {{ dbt.type_string() }}) as town_code,
    cast({{ row ~ '.division_code' if place_order else 'null' }} as {{ dbt.type_string() }}) as division_code,
    cast({{ place_order or 'null' }} as integer) as place_order,
    cast(null as {{ dbt.type_string() }}) as answering_department,
    {{ row_reference(department, dataset, row) }} as delivered_row
{%- endmacro %}

{#- The number of an episode's conflict: "C" and 16 hexadecimal digits, equal in every run (semantics). -#}
{% macro conflict_id(rule_code, subject, first_seen_month) -%}
    concat('C', left({{ sha256_hex(
        "concat(" ~ rule_code ~ ", '|', " ~ subject ~ ", '|', " ~ year_month(first_seen_month) ~ ")"
    ) }}, 16))
{%- endmacro %}
