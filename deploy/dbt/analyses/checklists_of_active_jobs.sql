-- How far each active job is: its work orders, and the boxes of their checklists that are checked.
{% set absent = var('bolt_eci_absent_streams', []) %}
{{ config(enabled='jobs' not in absent and 'work_orders' not in absent and 'work_order_statuses' not in absent) }}
select
    jobs.id as job_number,
    jobs.address,
    jobs.customer,
    count(distinct work_orders.id) as work_orders,
    count(distinct case when work_orders.completed_date is not null then work_orders.id end) as completed,
    count(case when statuses.status then statuses.id end) as boxes_checked,
    count(statuses.id) as boxes
from {{ ref('stg_bolt_eci__jobs') }} as jobs
inner join {{ ref('stg_bolt_eci__work_orders') }} as work_orders on work_orders.job_number = jobs.id
left join
    {{ ref('stg_bolt_eci__work_order_statuses') }} as statuses
    on statuses.work_order_id = work_orders.id
where jobs.active
group by jobs.id, jobs.address, jobs.customer
order by jobs.id
