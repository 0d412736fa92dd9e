-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='takeoff_types' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'takeoff_types')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'work_order_type', 'text') }} as work_order_type,
    {{ bolt_eci_column(columns, 'work_order_type_id', 'bigint') }} as work_order_type_id,
    {{ bolt_eci_column(columns, 'description', 'text') }} as description,
    {{ bolt_eci_column(columns, 'allow_notes', 'boolean') }} as allow_notes,
    {{ bolt_eci_column(columns, 'device_display', 'boolean') }} as device_display,
    {{ bolt_eci_column(columns, 'transpose', 'boolean') }} as transpose,
    {{ bolt_eci_column(columns, 'print_landscape', 'boolean') }} as print_landscape,
    {{ bolt_eci_column(columns, 'print_differential_upon_submit', 'boolean') }} as print_differential_upon_submit,
    {{ bolt_eci_column(columns, 'display_order', 'bigint') }} as display_order,
    {{ bolt_eci_column(columns, 'active', 'boolean') }} as active,
    {{ bolt_eci_column(columns, 'takeoff_columns', 'text') }} as takeoff_columns,
    {{ bolt_eci_column(columns, 'created_at', 'timestamptz') }} as created_at,
    {{ bolt_eci_column(columns, 'updated_at', 'timestamptz') }} as updated_at,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'takeoff_types') }}
{{ bolt_eci_where_it_exists(columns) }}
