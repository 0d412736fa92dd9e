-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='contracts' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'contracts')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'number', 'bigint') }} as number,
    {{ bolt_eci_column(columns, 'status', 'text') }} as status,
    {{ bolt_eci_column(columns, 'category', 'text') }} as category,
    {{ bolt_eci_column(columns, 'po_number', 'text') }} as po_number,
    {{ bolt_eci_column(columns, 'notes', 'text') }} as notes,
    {{ bolt_eci_column(columns, 'description', 'text') }} as description,
    {{ bolt_eci_column(columns, 'work_order_id', 'bigint') }} as work_order_id,
    {{ bolt_eci_column(columns, 'assigned_to', 'text') }} as assigned_to,
    {{ bolt_eci_column(columns, 'pricing_mode', 'text') }} as pricing_mode,
    {{ bolt_eci_column(columns, 'job', 'text') }} as job,
    {{ bolt_eci_column(columns, 'total', 'double precision') }} as total,
    {{ bolt_eci_column(columns, 'created_at', 'timestamptz') }} as created_at,
    {{ bolt_eci_column(columns, 'updated_at', 'timestamptz') }} as updated_at,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'contracts') }}
{{ bolt_eci_where_it_exists(columns) }}
