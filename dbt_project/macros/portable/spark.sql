{#-
Tables of Spark, in place of dbt's own materializations. A contract holds as on DuckDB: names and types are compared
first, a null where none may be stops the insert (Spark takes NOT NULL and never checks it), comments come with the
table. Every table is Parquet; one that keeps its months has a partition for each.
-#}
{% materialization table, adapter='spark' %}
    {{ return(replace_spark_table(this.incorporate(type='table'))) }}
{% endmaterialization %}

{#- One statement replaces the partition of the month, even by no rows. -#}
{% materialization incremental, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- if load_cached_relation(this) is none -%}
        {{ return(replace_spark_table(relation)) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- set new = get_column_schema_from_query(sql) | map(attribute='name') | list -%}
    {%- if columns | sort != new | sort -%}
        {%- do exceptions.raise_compiler_error(
            this.name ~ " keeps its months with the columns " ~ columns ~ ", and the model has " ~ new
            ~ ": drop the table and run its months again."
        ) -%}
    {%- endif -%}
    {#- Spark overwrites no table that the same statement reads. -#}
    {%- set own = relation.incorporate(path={'identifier': this.identifier ~ '__new'}) if (this | string) in sql -%}
    {%- if own -%}
        {%- do run_query('drop table if exists ' ~ own) -%}
        {%- do run_query('create table ' ~ own ~ ' using parquet as ' ~ sql) -%}
    {%- endif -%}
    {% call statement('main') %}
        {{ insert_into_spark(relation, columns, 'select * from ' ~ own if own else sql) }}
    {% endcall %}
    {%- if own -%}
        {%- do run_query('drop table ' ~ own) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% macro replace_spark_table(relation) %}
    {%- set former = load_cached_relation(relation) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if former is not none -%}
        {%- do adapter.drop_relation(former) -%}
    {%- endif -%}
    {%- if config.get('contract').enforced -%}
        {%- do assert_columns_equivalent(sql) -%}
        {% call statement('create') %}
            {{ create_table_of_contract(relation) }}
        {% endcall %}
        {% call statement('main') %}
            {{ insert_into_spark(relation, model.columns.keys() | list, sql) }}
        {% endcall %}
    {%- else -%}
        {% call statement('main') %}
            {{ create_table_as(False, relation, sql) }}
        {% endcall %}
        {%- if config.persist_column_docs() -%}
            {%- do alter_column_comment(relation, model.columns) -%}
        {%- endif -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{% endmacro %}

{% macro create_table_of_contract(relation) %}
    create table {{ relation }} (
    {%- for column in model.columns.values() %}
        {{ column.name }} {{ spark_type(column.data_type) }} comment {{ spark_literal(column.description) }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    )
    {{ file_format_clause() }}
    {{ partition_cols('partitioned by') }}
    comment {{ spark_literal(model.description) }}
{% endmacro %}

{#- The rows of a query in place of all rows of the table, or of those of the month. -#}
{% macro insert_into_spark(relation, columns, query) %}
    {%- set monthly = config.get('partition_by') is not none -%}
    {%- set written = columns | reject('equalto', 'month') | list if monthly else columns -%}
    {%- set month = "date '" ~ month_text() ~ "-01'" if monthly -%}
    insert overwrite {{ relation }} {{ 'partition (month = ' ~ month ~ ')' if monthly }} ({{ written | join(', ') }})
    select
    {%- for name in written %}
        {%- set is_required = 'not_null' in model.columns.get(name, {}).get('constraints', []) | map(attribute='type') %}
        {{ "coalesce(" ~ name ~ ", raise_error('" ~ this.name ~ "." ~ name ~ " is null'))" if is_required else name }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from (
        {{ query }}
    ) as computed
    {%- if monthly %}
    -- A row of another month would become one of this month.
    where if(month = {{ month }}, true, raise_error('{{ this.name }} has rows of another month'))
    {%- endif %}
{% endmacro %}

{#- The types of contracts and seeds are written as DuckDB writes them; two have another name on Spark. -#}
{% macro spark_type(data_type) -%}
    {{- {'varchar': 'string', 'timestamp': 'timestamp_ntz'}.get(data_type, data_type) -}}
{%- endmacro %}

{% macro spark_literal(text) -%}
    '{{ text | string | replace('\\', '\\\\') | replace("'", "\\'") }}'
{%- endmacro %}

{#- dbt's own macro of this name would cast to the types of the contract. -#}
{% macro spark__get_empty_schema_sql(columns) %}
    select
    {%- for column in columns.values() %}
        cast(null as {{ spark_type(column.data_type) }}) as {{ column.name }}{{ ',' if not loop.last }}
    {%- endfor %}
{% endmacro %}

{% macro spark__create_csv_table(model, agate_table) %}
    {% call statement('create') %}
        create table {{ this }} (
        {%- for column in agate_table.column_names %}
            {{ column }} {{ spark_type(model.config.column_types[column]) }}{{ ',' if not loop.last }}
        {%- endfor %}
        )
        {{ file_format_clause() }}
    {% endcall %}
{% endmacro %}

{#-
dbt's own way binds values: an empty cell becomes the text None, a quote is not escaped
(findings/dbt_spark_session_seed.sh).
-#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = model.config.column_types -%}
    {% call statement('load') %}
        insert into {{ this }} values
        {%- for row in agate_table.rows %}
            (
            {%- for column in agate_table.column_names -%}
                cast({{ 'null' if row[column] is none else spark_literal(row[column]) }} as {{ spark_type(types[column]) }})
                {{- ', ' if not loop.last }}
            {%- endfor -%}
            ){{ ',' if not loop.last }}
        {%- endfor %}
    {% endcall %}
{% endmacro %}

{#- dbt's own macro of this name comments on columns of a few formats only. -#}
{% macro spark__alter_column_comment(relation, column_dict) %}
    {%- for name, column in column_dict.items() if column.description %}
        {%- do run_query('alter table ' ~ relation ~ ' alter column ' ~ name ~ ' comment ' ~ spark_literal(column.description)) -%}
    {%- endfor %}
{% endmacro %}
