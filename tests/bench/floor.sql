-- Compute the fourteen rules for a month without a previous month, in plain DuckDB SQL over the tables of floor.py.
-- Belongs here: figures. Does not belong here: reading, cleaning (floor.py). Look-back rules (INC-02, CIV-01, CIV-02) are
-- not screened without a previous month, as in the pipeline.

create or replace macro amount(cell) as
    try_cast(replace(regexp_extract(cell, '^[-+]?[0-9,.]+'), ',', '') as decimal(28, 10));

create or replace macro day(cell) as coalesce(
    try_strptime(
        regexp_replace(cell, '0?0:00(:00)?$', ''),
        ['%Y-%m-%d', '%Y/%m/%d', '%Y.%m.%d', '%Y%m%d', '%Y年%m月%d日']
    )::date,
    case when regexp_full_match(cell, '[0-9]{5}') then date '1899-12-30' + cell::integer end
);

-- The first 17 digits identify the person: 15-digit ids gain the century, the check digit is ignored.
create or replace macro person(id) as case length(id)
    when 18 then left(id, 17) when 15 then left(id, 6) || '19' || substr(id, 7)
end;

create or replace macro yes(cell) as cell in ('是', '有', '√', 'Y', 'y', '1', 'true', 'TRUE', 'True');

create or replace table dead as
select distinct person(id) as person, day(died_on) as died_on from deaths
where day(died_on) <= (select last_day from months);

create or replace table everyone as
select
    person(id) as person, household, labour, schooling, dead.died_on is null as is_living,
    labour in ('技能劳动力', '普通劳动力', '弱劳动力或半劳动力') as can_work,
    (select year(last_day) * 12 + month(last_day) from months)
        - substr(person(id), 7, 4)::integer * 12 - substr(person(id), 11, 2)::integer as age_in_months
from register left join dead on dead.person = person(id)
where person(id) is not null and household is not null
qualify row_number() over (partition by person(id) order by row_order) = 1;

create or replace table households as
select
    r.household, r.household_type = '脱贫户' as is_registered, r.grade, yes(r.water) as has_water,
    r.household_type = '脱贫户' or m.household is not null as is_close, e.living
from (select * from register qualify row_number() over (partition by household order by row_order) = 1) as r
inner join (select household, count(*) as living from everyone where is_living group by household) as e using (household)
left join (select distinct household from monitored where not yes(eliminated)) as m using (household);

create or replace table settled as
select person(id) as person, care_type, day(settled_on) as settled_on, amount(self_paid) as self_paid
from settlements
where day(settled_on) is not null
qualify row_number() over (partition by settlement_no order by row_order desc) = 1;

create or replace table flags as
with living as (select * from everyone where is_living),
this_month as (select first_day, last_day from months),
employed as (
    select person(e.id) as person from employment as e
    where e.status = '在业' and person(e.id) not in (
        select person(id) from unemployment
        where person(id) is not null and day(unemployed_on) <= (select last_day from months)
    )
),
jobless as (
    select person(id) as person from employment where status in ('失业', '返乡')
    union
    select person(id) from unemployment where day(unemployed_on) <= (select last_day from months)
)
select 'INC-01' as rule, h.household from households as h inner join income as i using (household)
where (amount(wage) * wage_unit + amount(operating) * operating_unit + amount(property) * property_unit
    + amount(transfer) * transfer_unit - amount(expense) * expense_unit) < 6000 * h.living
union all
select 'MED-01', h.household from households as h inner join living using (household) inner join settled using (person)
where care_type = '住院' and settled_on between date_trunc('year', (select last_day from months))
    and (select last_day from months)
group by h.household, h.is_close having sum(self_paid) >= case when h.is_close then 5000 else 20000 end
union all
select distinct 'MED-02', household from (
    select household, person from living inner join settled using (person), this_month
    where care_type in ('门诊', '门特') and settled_on between first_day and last_day
    group by household, person having sum(self_paid) >= 500
)
union all
select distinct 'MED-03', household from living inner join illness on person(id) = person, this_month
where day(diagnosed_on) between first_day and last_day
union all
select distinct 'MED-04', household from living inner join households using (household), this_month
where is_close and person not in (
    select person(id) from enrolment
    where insured_year = year(last_day)::varchar and status = '正常参保' and person(id) is not null
)
union all
select distinct 'EMP-01', household from living inner join households using (household) inner join jobless using (person)
where is_close and can_work
    and household not in (select household from living inner join employed using (person))
union all
select distinct 'CIV-03', household from everyone inner join dead using (person) inner join households using (household),
    this_month
where can_work and dead.died_on between first_day and last_day
union all
select distinct 'CIV-04', household from everyone inner join assistance on person(id) = person
inner join households using (household), this_month
where reason != '其他' and day(assisted_on) between first_day and last_day
union all
select 'HOU-01', household from households where grade in ('C级', 'D级')
union all
select 'WAT-01', household from households where not has_water
union all
select distinct 'EDU-01', household from living
where schooling = '非在校生' and age_in_months // 12 between 6 and 15;
