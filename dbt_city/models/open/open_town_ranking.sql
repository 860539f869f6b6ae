{{ config(alias='town_ranking') }}

{{ ranking('united_open', 'town') }}
