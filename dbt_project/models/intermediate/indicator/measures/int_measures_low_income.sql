-- Counts the living persons on the lists of low-income people, each at the row of the first list that names it. Five
-- lists are layers; the children are beside them, and the first four lists are those of civil affairs.
with listed as (

    select
        people.town_code,
        people.division_code,
        people.is_on_register,
        people.is_monitored,
        people.civil_lists,
        lists.list_no,
        lists.list_no = min(lists.list_no) over (partition by lists.person_key) as is_first,
        lists.department,
        lists.dataset,
        lists.extract_month,
        lists.delivery_no,
        lists.file_no,
        lists.sheet_no,
        lists.row_number
    from {{ ref('int_low_income_lists') }} as lists
    inner join {{ ref('low_income_population') }} as people on lists.person_key = people.person_key
    where
        people.month = {{ month_start() }}
        and people.is_living

)

{{ measures('listed', {
    'low_income.persons': [counted('is_first and list_no <= 5')],
    'low_income.extreme_poverty': [counted('list_no = 1')],
    'low_income.subsistence': [counted('list_no = 2')],
    'low_income.edge': [counted('list_no = 3')],
    'low_income.rigid': [counted('list_no = 4')],
    'low_income.monitored': [counted('list_no = 5')],
    'low_income.children': [counted('list_no = 6')],
    'low_income.monitored_on_lists_rate': [counted('list_no = 5 and civil_lists > 0'), counted('list_no = 5')],
    'low_income.lists_monitored_rate': [
        counted('is_first and list_no <= 4 and is_monitored'), counted('is_first and list_no <= 4'),
    ],
    'low_income.multiple_lists': [counted('is_first and civil_lists >= 2')],
    'low_income.off_register': [counted('is_first and list_no <= 5 and not is_on_register')],
}) }}
