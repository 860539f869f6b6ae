-- Picks the parameters of this month alone: the list of months that ran is made of the households, which need some.
{{ picked_parameters("(select " ~ month_start() ~ " as month)") }}
