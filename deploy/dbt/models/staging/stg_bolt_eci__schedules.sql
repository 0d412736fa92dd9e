-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='schedules' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'schedules')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'work_order_type', 'text') }} as work_order_type,
    {{ bolt_eci_column(columns, 'work_order_type_id', 'bigint') }} as work_order_type_id,
    {{ bolt_eci_column(columns, 'job_number', 'bigint') }} as job_number,
    {{ bolt_eci_column(columns, 'supervisor_id', 'bigint') }} as supervisor_id,
    {{ bolt_eci_column(columns, 'reschedule_date', 'text') }} as reschedule_date,
    {{ bolt_eci_column(columns, 'created_at', 'timestamptz') }} as created_at,
    {{ bolt_eci_column(columns, 'updated_at', 'timestamptz') }} as updated_at,
    {{ bolt_eci_column(columns, 'notes', 'text') }} as notes,
    {{ bolt_eci_column(columns, 'stage', 'text') }} as stage,
    {{ bolt_eci_column(columns, 'crew_notes', 'text') }} as crew_notes,
    {{ bolt_eci_column(columns, 'home_owner', 'text') }} as home_owner,
    {{ bolt_eci_column(columns, 'home_owner_email', 'text') }} as home_owner_email,
    {{ bolt_eci_column(columns, 'home_owner_phone', 'text') }} as home_owner_phone,
    {{ bolt_eci_column(columns, 'completed_date', 'text') }} as completed_date,
    {{ bolt_eci_column(columns, 'estimated_completion_date', 'text') }} as estimated_completion_date,
    {{ bolt_eci_column(columns, 'percentage_of_completion', 'bigint') }} as percentage_of_completion,
    {{ bolt_eci_column(columns, 'crews', 'text') }} as crews,
    {{ bolt_eci_column(columns, 'crew_ids', 'text') }} as crew_ids,
    {{ bolt_eci_column(columns, 'floorplan_options_charges', 'text') }} as floorplan_options_charges,
    {{ bolt_eci_column(columns, 'job_extras_charges', 'text') }} as job_extras_charges,
    {{ bolt_eci_column(columns, 'labor_total', 'double precision') }} as labor_total,
    {{ bolt_eci_column(columns, 'price_total', 'double precision') }} as price_total,
    {{ bolt_eci_column(columns, 'floorplan_contract_charge', 'double precision') }} as floorplan_contract_charge,
    {{ bolt_eci_column(columns, 'floorplan_labor_charge', 'double precision') }} as floorplan_labor_charge,
    {{ bolt_eci_column(columns, 'crew_pay_extra_added_pay', 'double precision') }} as crew_pay_extra_added_pay,
    {{ bolt_eci_column(columns, 'appointment_start_time', 'text') }} as appointment_start_time,
    {{ bolt_eci_column(columns, 'appointment_end_time', 'text') }} as appointment_end_time,
    {{ bolt_eci_column(columns, 'schedule_change_comment', 'text') }} as schedule_change_comment,
    {{ bolt_eci_column(columns, 'schedule_change_reason', 'text') }} as schedule_change_reason,
    {{ bolt_eci_column(columns, 'warranty_issue_id', 'bigint') }} as warranty_issue_id,
    {{ bolt_eci_column(columns, 'warranty_issue', 'text') }} as warranty_issue,
    {{ bolt_eci_column(columns, 'department_type', 'text') }} as department_type,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'schedules') }}
{{ bolt_eci_where_it_exists(columns) }}
