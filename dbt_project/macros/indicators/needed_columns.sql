{#-
The optional columns that a figure or a comparison cannot do without (column `needs` of the catalogues), by table: the
key of a table of increments, and for each column its header and the condition that a row has it filled. A test
compares this list with the catalogues and the contracts.
-#}
{% macro needed_columns() -%}
    {{ return([
        ('agriculture', 'household_register', none, [
            ('policy_status', '享受政策状态', 'policy_status is not null'),
        ]),
        ('agriculture', 'consumption_support', ['purchase_no'], [
            ('channel_place', '渠道名称', 'channel_place is not null'),
        ]),
        ('agriculture', 'industry_support_payments', ['payment_no'], [
            ('asset_no', '资产编号', 'asset_no is not null'),
        ]),
        ('agriculture', 'support_funds', none, [
            ('industry_allocated', '其中产业发展', 'industry_allocated is not null'),
            ('fund_purpose', '资金用途', 'fund_purpose is not null'),
        ]),
        ('agriculture', 'project_assets', none, [
            ('published_on', '公开日期', 'published_on is not null'),
            ('beneficiary', '收益权人', 'has_beneficiary'),
            ('fund_document_no', '资金文号', 'fund_document_no is not null'),
            ('project_no', '项目编号', 'project_no is not null'),
            ('annual_dividend', '年度应分红', 'annual_dividend is not null'),
        ]),
        ('agriculture', 'project_library', none, [
            ('performance_target', '绩效目标', 'has_performance_target'),
            ('fund_document_no', '资金文号', 'fund_document_no is not null'),
        ]),
        ('agriculture', 'natural_villages', none, [
            ('design_no', '采用图集编号', 'design_no is not null'),
            ('is_built_to_design', '是否按图施工', 'is_built_to_design is not null'),
            ('black_odorous_waters', '黑臭水体数', 'black_odorous_waters is not null'),
            ('black_odorous_treated', '已治理黑臭水体数', 'black_odorous_treated is not null'),
            ('water_supply_type', '供水方式', 'water_supply_type is not null'),
            ('is_county_managed_water', '是否县域统管', 'is_county_managed_water is not null'),
            ('water_quality_passed', '水质是否达标', 'water_quality_passed is not null'),
        ]),
        ('agriculture', 'village_infrastructure', none, [
            ('has_5g', '是否5G覆盖', 'has_5g is not null'),
            ('base_stations_5g', '5G基站', 'base_stations_5g is not null'),
        ]),
    ]) }}
{%- endmacro %}

{#-
Codes of a catalogue that lack what they need, with the reason: no delivered row has any of the columns between two ;
filled. `|` in between says that one of several would do.
-#}
{% macro unfilled_needs(catalogue, code) -%}
    select
        unfilled.{{ code }},
        concat('未填报:', {{ texts_in_order('unfilled.headers', ';', 'unfilled.position') }}) as reason
    from (
        select
            parts.{{ code }},
            position(parts.part in parts.needs) as position,
            {{ texts_in_order('columns.header', '或', 'position(columns.name in parts.part)') }} as headers
        from (
            select
                {{ code }},
                needs,
                {{ each_of(every_match('needs', '[^;]+')) }} as part
            from {{ catalogue }}
            where needs is not null
        ) as parts
        inner join {{ ref('int_unfilled_columns') }} as columns
            on concat('|', parts.part, '|') like concat('%|', columns.name, '|%')
        group by parts.{{ code }}, parts.needs, parts.part
        having count(*) = length(parts.part) - length(replace(parts.part, '|', '')) + 1
    ) as unfilled
    group by unfilled.{{ code }}
{%- endmacro %}
