{{ city_indicators('united') }}
