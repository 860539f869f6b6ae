{{ county_versions('united') }}
