-- A category that ends has a successor: itself, or an ancestor that is valid on the day of its end. Otherwise its
-- households would drop out of the roll-forward. No two categories of a role are valid at once.
with ended as (

    select
        code,
        parent,
        valid_to
    from {{ ref('category_schemes') }}
    where valid_to is not null

)

select ended.code
from ended
where
    not exists (
        select 1
        from {{ ref('category_schemes') }} as heirs
        where
            heirs.code in (ended.code, ended.parent)
            and heirs.valid_from <= ended.valid_to
            and (heirs.valid_to is null or heirs.valid_to > ended.valid_to)
    )

union all

select one.code
from {{ ref('category_schemes') }} as one
inner join {{ ref('category_schemes') }} as other
    on
        one.role = other.role
        and one.valid_from <= other.valid_from
        and (one.code <> other.code or one.valid_from <> other.valid_from)
        and (one.valid_to is null or one.valid_to > other.valid_from)
