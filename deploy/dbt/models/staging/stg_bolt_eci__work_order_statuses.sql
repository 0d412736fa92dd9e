-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='work_order_statuses' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'work_order_statuses')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'status', 'boolean') }} as status,
    {{ bolt_eci_column(columns, 'updated_at', 'timestamptz') }} as updated_at,
    {{ bolt_eci_column(columns, 'description', 'text') }} as description,
    {{ bolt_eci_column(columns, 'work_order_id', 'bigint') }} as work_order_id,
    {{ bolt_eci_column(columns, 'work_order_status_type_id', 'bigint') }} as work_order_status_type_id
from {{ source('bolt_eci', 'work_order_statuses') }}
{{ bolt_eci_where_it_exists(columns) }}
