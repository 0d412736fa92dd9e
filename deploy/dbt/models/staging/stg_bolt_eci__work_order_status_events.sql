-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='work_order_status_events' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'work_order_status_events')) %}

select
    {{ bolt_eci_column(columns, 'event_id', 'text') }} as event_id,
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'event', 'text') }} as event,
    {{ bolt_eci_column(columns, 'author', 'text') }} as author,
    {{ bolt_eci_column(columns, 'created_at', 'text') }} as created_at,
    {{ bolt_eci_column(columns, 'changes', 'text') }} as changes,
    {{ bolt_eci_column(columns, 'status_id', 'bigint') }} as status_id,
    {{ bolt_eci_column(columns, 'status_status', 'boolean') }} as status_status,
    {{ bolt_eci_column(columns, 'status_updated_at', 'text') }} as status_updated_at,
    {{ bolt_eci_column(columns, 'status_description', 'text') }} as status_description,
    {{ bolt_eci_column(columns, 'status_work_order_id', 'bigint') }} as status_work_order_id,
    {{ bolt_eci_column(columns, 'status_work_order_status_type_id', 'bigint') }} as status_work_order_status_type_id
from {{ source('bolt_eci', 'work_order_status_events') }}
{{ bolt_eci_where_it_exists(columns) }}
