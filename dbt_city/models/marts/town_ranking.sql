{{ ranking('united', 'town') }}
