-- Every return names a lead that was sent out. Other returns count in no figure, and their department should know.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'risk_leads'}}}) }}

select returned.lead_id
from {{ ref('stg_agriculture__verification_returns') }} as returned
left join {{ ref('risk_leads') }} as leads on returned.lead_id = leads.lead_id
where
    returned.extract_month = {{ month_start() }}
    and leads.lead_id is null
