{#-
Stops a month without an accepted household register (semantics, the gate): every figure depends on it.
Runs before anything is built; commands that build nothing pass.
-#}
{% macro require_accepted_register() %}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- set accepted = run_query(
            "select 1 from " ~ accepted_rows('intake', 'deliveries')
            ~ " where dataset = 'household_register' and is_in_force and extract_month = " ~ month_start()
        ) -%}
        {%- if accepted.rows | length == 0 -%}
            {%- do exceptions.raise_compiler_error(
                month_text() ~ " 没有已接收的农户基础信息名册(household_register),本月不能运行。"
                ~ " No household_register is accepted for " ~ month_text() ~ ": deliver it and run the month again."
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
