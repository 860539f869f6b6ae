-- No row of the united figures belongs to a county that city.toml does not name.
select found.district_code
from {{ rows_of('united', 'rural_indicators') }} as found
left join {{ rows_of('city', 'counties') }} as counties on found.district_code = counties.district_code
where counties.district_code is null or left(found.division_code, 6) <> found.district_code
