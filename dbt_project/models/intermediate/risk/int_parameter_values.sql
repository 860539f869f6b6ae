-- Picks the value of every parameter in the district and in each town, for every month that ran.
{{ picked_parameters(ref('dim_month')) }}
