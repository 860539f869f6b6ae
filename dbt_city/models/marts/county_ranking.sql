{{ ranking('united', 'district') }}
