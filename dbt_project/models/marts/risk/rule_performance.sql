{{ config(**month_incremental()) }}

-- Measures the outcome of each rule's leads. A return counts in the month of its delivery; 查无此户 is neither true nor
-- false.
with leads as (

    select
        lead_id,
        rule_code,
        opened_month
    from {{ ref('risk_leads') }}
    where opened_month <= {{ month_start() }}

),

returns as (

    select
        leads.rule_code,
        verifications.extract_month = {{ month_start() }} as is_of_month,
        verifications.result,
        verifications.is_enrolled
    from {{ ref('stg_agriculture__verification_returns') }} as verifications
    inner join leads on verifications.lead_id = leads.lead_id
    where verifications.extract_month <= {{ month_start() }}
    qualify row_number() over (
        partition by verifications.lead_id order by verifications.extract_month desc, verifications.row_order desc
    ) = 1

),

opened as (

    select
        rule_code,
        count(*) as leads
    from leads
    where opened_month = {{ month_start() }}
    group by rule_code

),

verified as (

    select
        rule_code,
        count(*) filter (where is_of_month) as leads,
        count(*) filter (where is_of_month and result = '属实') as leads_true,
        count(*) filter (where is_of_month and result = '不属实') as leads_false,
        count(*) filter (where is_of_month and is_enrolled) as leads_enrolled,
        count(*) filter (where result = '属实') as ever_true,
        count(*) filter (where result = '不属实') as ever_false
    from returns
    group by rule_code

)

select
    {{ month_start() }} as month,
    rules.rule_code,
    cast(coalesce(opened.leads, 0) as integer) as leads_opened,
    cast(coalesce(verified.leads, 0) as integer) as leads_verified,
    cast(coalesce(verified.leads_true, 0) as integer) as leads_true,
    cast(coalesce(verified.leads_false, 0) as integer) as leads_false,
    cast(coalesce(verified.leads_enrolled, 0) as integer) as leads_enrolled,
    {{ percentage('verified.leads_true', 'verified.leads_true + verified.leads_false') }} as precision_pct,
    {{ percentage('verified.ever_true', 'verified.ever_true + verified.ever_false') }} as cumulative_precision_pct
from {{ ref('risk_rule_catalogue') }} as rules
left join opened on rules.rule_code = opened.rule_code
left join verified on rules.rule_code = verified.rule_code
where {{ is_valid('rules.valid_from', 'rules.valid_to') }}
