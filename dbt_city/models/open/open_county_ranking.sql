{{ config(alias='county_ranking') }}

{{ ranking('united_open', 'district') }}
