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

-- Attendances of living registered persons, each with what the person wanted in any class.
registered_attendances as (

    select
        null as town_code,
        null as division_code,
        trainings.person_key,
        trainings.wanted_training,
        trainings.completed,
        count(*) filter (where trainings.wanted_training) over (
            partition by trainings.person_key
        ) > 0 as is_wanted_by_person,
        {{ delivered_row('trainings') }}
    from trainings
    inner join {{ ref('int_members') }} as members on trainings.person_key = members.person_key
    inner join {{ ref('int_households') }} as households on members.household_key = households.household_key
    where
        members.is_living
        and households.is_registered

)

{{ measures('attendances', {
    'employment.ecommerce_classes': [counted_once(['class_no'], "training_type = '农村电商'")],
    'industry.training_classes': [counted_once(['class_no'], "training_type = '产业技能'")],
    'industry.training_attendances': [counted("training_type = '产业技能'")],
}) }}
union all
{{ measures('registered_attendances', {
    'employment.training_rate': [
        counted_once(['person_key'], 'completed and is_wanted_by_person'),
        counted_once(['person_key'], 'wanted_training'),
    ],
}) }}
