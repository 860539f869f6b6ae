{{ config(alias='city_indicators') }}

{{ city_indicators('united_open') }}
