-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='builder_orders' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'builder_orders')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'order_type', 'text') }} as order_type,
    {{ bolt_eci_column(columns, 'stage', 'bigint') }} as stage,
    {{ bolt_eci_column(columns, 'stage_description', 'text') }} as stage_description,
    {{ bolt_eci_column(columns, 'work_order_id', 'bigint') }} as work_order_id,
    {{ bolt_eci_column(columns, 'work_order_type_id', 'bigint') }} as work_order_type_id,
    {{ bolt_eci_column(columns, 'start_date', 'text') }} as start_date,
    {{ bolt_eci_column(columns, 'job_address', 'text') }} as job_address,
    {{ bolt_eci_column(columns, 'floorplan_name', 'text') }} as floorplan_name,
    {{ bolt_eci_column(columns, 'city_name', 'text') }} as city_name,
    {{ bolt_eci_column(columns, 'community_name', 'text') }} as community_name,
    {{ bolt_eci_column(columns, 'customer_name', 'text') }} as customer_name,
    {{ bolt_eci_column(columns, 'notes', 'text') }} as notes,
    {{ bolt_eci_column(columns, 'created_at', 'timestamptz') }} as created_at,
    {{ bolt_eci_column(columns, 'updated_at', 'timestamptz') }} as updated_at,
    {{ bolt_eci_column(columns, 'order_number', 'text') }} as order_number,
    {{ bolt_eci_column(columns, 'total', 'double precision') }} as total,
    {{ bolt_eci_column(columns, 'task_name', 'text') }} as task_name,
    {{ bolt_eci_column(columns, 'type', 'text') }} as type,
    {{ bolt_eci_column(columns, 'accepted_at', 'text') }} as accepted_at,
    {{ bolt_eci_column(columns, 'task_descriptions', 'text') }} as task_descriptions,
    {{ bolt_eci_column(columns, 'item_details', 'text') }} as item_details
from {{ source('bolt_eci', 'builder_orders') }}
{{ bolt_eci_where_it_exists(columns) }}
