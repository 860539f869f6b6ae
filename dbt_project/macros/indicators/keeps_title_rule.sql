{#-
The title rule of project assets (contract of project_assets): 区级 belongs to 区政府 and 村级 to 村集体, both registered
and title-confirmed; 到户 belongs to 农户, is registered only and never title-confirmed.
-#}
{% macro keeps_title_rule() -%}
    is_registered
    and case implementation_level
        when '区级' then owner = '区政府' and is_title_confirmed
        when '村级' then owner = '村集体' and is_title_confirmed
        when '到户' then owner = '农户' and not is_title_confirmed
        else false
    end
{%- endmacro %}
