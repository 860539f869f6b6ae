-- Counts training for the district only: a class has no place.
with trainings as (

    {{ cumulative_rows('human_resources', 'skills_training', ['class_no', 'person_key'], 'started_on') }}

),

attendances as (

    select
        *,
        null as town_code,
        null as division_code
    from trainings

),

-- One row per living registered person who attended a class.
registered_trainees as (

    select
        null as town_code,
        null as division_code,
        count(*) filter (where trainings.wanted_training) > 0 as wanted_training,
        count(*) filter (where trainings.completed) > 0 as has_completed
    from trainings
    inner join {{ ref('int_members') }} as members on trainings.person_key = members.person_key
    inner join {{ ref('int_households') }} as households on members.household_key = households.household_key
    where
        members.is_living
        and households.is_registered
    group by trainings.person_key

)

{{ measures('attendances', {
    'employment.ecommerce_classes': ["count(distinct class_no) filter (where training_type = '农村电商')"],
    'industry.training_classes': ["count(distinct class_no) filter (where training_type = '产业技能')"],
    'industry.training_attendances': ["count(*) filter (where training_type = '产业技能')"],
}) }}
union all
{{ measures('registered_trainees', {
    'employment.training_rate': [
        'count(*) filter (where wanted_training and has_completed)', 'count(*) filter (where wanted_training)',
    ],
}) }}
