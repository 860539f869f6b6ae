-- Finds the month of the list of the previous term's village committees: the newest list before the one that counts
-- whose term is another. A list's term is that of most of its rows, of equal ones the greater text. No row if there is
-- none.
with terms as (

    select
        extract_month,
        term
    from (
        select
            extract_month,
            term,
            count(*) as members
        from {{ ref('stg_civil_affairs__village_committees') }}
        where term is not null
        group by extract_month, term
    ) as listed
    qualify row_number() over (partition by extract_month order by members desc, term desc) = 1

),

counted as (

    select terms.*
    from terms
    inner join {{ ref('int_applicable_deliveries') }} as deliveries
        on
            deliveries.dataset = 'village_committees'
            and terms.extract_month = deliveries.source_month

)

select max(terms.extract_month) as extract_month
from terms
inner join counted
    on
        terms.extract_month < counted.extract_month
        and terms.term <> counted.term
having max(terms.extract_month) is not null
