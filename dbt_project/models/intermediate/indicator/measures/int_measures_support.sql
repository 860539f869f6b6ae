-- Measures payments and purchases that support households, and the special funds.
with payments as (

    select
        paid.payment_type,
        paid.household_key,
        paid.amount,
        households.town_code,
        households.division_code,
        {{ delivered_row('paid') }}
    from (
        {{ cumulative_rows('agriculture', 'industry_support_payments', ['payment_no'], 'paid_on') }}
    ) as paid
    left join {{ ref('int_households') }} as households on paid.household_key = households.household_key

),

purchases as (

    select
        *,
        null as town_code,
        null as division_code
    from ({{ cumulative_rows('agriculture', 'consumption_support', ['purchase_no'], 'purchased_on') }}) as bought

),

funds as (

    select
        *,
        null as town_code,
        null as division_code
    from ({{ snapshot_rows('agriculture', 'support_funds') }}) as allocations
    where fund_year <= {{ month_text()[:4] | int }}

)

{{ measures('payments', {
    'industry.dividends': ["case when payment_type = '资产收益分红' then amount * 0.0001 end"],
}) }}
{%- for code, payment_type in {
    'industry.living_allowance_mean': '生活补助',
    'industry.startup_fund_mean': '生产启动资金',
    'industry.award_mean': '先进户奖补',
}.items() %}
union all
{{ measures("payments where payment_type = '" ~ payment_type ~ "'", {
    code: ['amount', counted_once(['household_key'])],
}) }}
{%- endfor %}
union all
{{ measures('purchases', {
    'consumption.fairs': [counted("channel = '展销会'")],
    'consumption.incubator_purchases': ["case when channel = '众创空间' then amount end"],
    'consumption.total_purchases': ['amount'],
    'consumption.market_purchases': ["case when channel = '交易市场' then amount end"],
    'consumption.channels_active': [
        counted_once(['channel', 'channel_place'], "channel <> '其他' and purchased_on >= " ~ month_start(-11)),
    ],
    'consumption.counters': [
        counted_once(['channel_place'], "channel = '消费专区专柜' and channel_place is not null"),
    ],
}) }}
union all
{{ measures('funds', {
    'funds.allocated': ['allocated'],
    'funds.execution_rate': ['spent', 'allocated'],
}) }}
