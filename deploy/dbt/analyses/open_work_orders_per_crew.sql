-- Who has how much to do: work orders without a date of completion, for each crew. A work order of
-- two crews counts for both.
{% set absent = var('bolt_eci_absent_streams', []) %}
{{ config(enabled='work_orders' not in absent and 'crews' not in absent) }}
with assigned as (
    select
        work_orders.*,
        unnest(
            string_to_array(nullif(regexp_replace(crew_ids, '[^0-9,]', '', 'g'), ''), ',')
        ) as crew_id
    from {{ ref('stg_bolt_eci__work_orders') }} as work_orders
    where completed_date is null
)

select
    crews.name as crew,
    count(*) as open_work_orders,
    round(cast(sum(assigned.price_total) as numeric), 2) as price_total,
    min(assigned.estimated_completion_date) as first_due
from assigned
inner join {{ ref('stg_bolt_eci__crews') }} as crews on crews.id = cast(assigned.crew_id as bigint)
group by crews.id, crews.name
order by open_work_orders desc, crew, crews.id
