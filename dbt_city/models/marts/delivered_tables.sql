{{ delivered_tables('united') }}
