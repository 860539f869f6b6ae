-- Says which category of the month each word stands for, whatever period the word is from: the nearest one on the way
-- from the word's category to its ancestors. A word without one is not here, and the intake refuses it.
with recursive lines as (

    select
        {{ each_of(every_match("concat_ws('|', name_zh, synonyms)", '[^|]+')) }} as word,
        code,
        parent,
        valid_from,
        0 as steps
    from {{ ref('category_schemes') }}

    union all

    select
        lines.word,
        ancestors.code,
        ancestors.parent,
        lines.valid_from,
        lines.steps + 1 as steps
    from lines
    inner join {{ ref('category_schemes') }} as ancestors on lines.parent = ancestors.code
    where lines.steps < (select count(*) from {{ ref('category_schemes') }})

)

select
    lines.word,
    categories.code,
    categories.monitoring_category,
    categories.role,
    lines.steps > 0 as is_ancestor
from lines
inner join {{ ref('int_categories') }} as categories on lines.code = categories.code
qualify row_number() over (
    partition by lines.word
    order by lines.steps asc, lines.valid_from desc, categories.code asc
) = 1
