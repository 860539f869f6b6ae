{{ config(alias='county_versions') }}

{{ county_versions('united_open') }}
