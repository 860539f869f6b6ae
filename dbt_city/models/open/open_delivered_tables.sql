{{ config(alias='delivered_tables') }}

{{ delivered_tables('united_open') }}
