-- The open mart has the mart's name already, so the model's name begins with its layer.
{{ config(alias='risk_overview') }}

select
    month,
    town_code,
    households_screened,
    households_flagged,
    red,
    orange,
    yellow,
    leads_open,
    leads_overdue
from {{ ref('int_risk_overview') }}
