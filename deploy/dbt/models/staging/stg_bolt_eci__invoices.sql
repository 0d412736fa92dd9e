-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='invoices' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'invoices')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'work_order_id', 'bigint') }} as work_order_id,
    {{ bolt_eci_column(columns, 'accounting_id', 'text') }} as accounting_id,
    {{ bolt_eci_column(columns, 'job_id', 'bigint') }} as job_id,
    {{ bolt_eci_column(columns, 'customer_id', 'bigint') }} as customer_id,
    {{ bolt_eci_column(columns, 'status', 'text') }} as status,
    {{ bolt_eci_column(columns, 'object', 'text') }} as object,
    {{ bolt_eci_column(columns, 'extras', 'text') }} as extras,
    {{ bolt_eci_column(columns, 'total', 'double precision') }} as total,
    {{ bolt_eci_column(columns, 'created_by', 'text') }} as created_by,
    {{ bolt_eci_column(columns, 'created_by_id', 'bigint') }} as created_by_id,
    {{ bolt_eci_column(columns, 'number', 'text') }} as number,
    {{ bolt_eci_column(columns, 'summary', 'text') }} as summary,
    {{ bolt_eci_column(columns, 'contract_details', 'text') }} as contract_details,
    {{ bolt_eci_column(columns, 'last_error', 'text') }} as last_error,
    {{ bolt_eci_column(columns, 'job_ids', 'text') }} as job_ids,
    {{ bolt_eci_column(columns, 'work_order_ids', 'text') }} as work_order_ids,
    {{ bolt_eci_column(columns, 'po_numbers', 'text') }} as po_numbers,
    {{ bolt_eci_column(columns, 'created_at', 'timestamptz') }} as created_at,
    {{ bolt_eci_column(columns, 'updated_at', 'timestamptz') }} as updated_at,
    {{ bolt_eci_column(columns, 'work_order_type', 'text') }} as work_order_type,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'invoices') }}
{{ bolt_eci_where_it_exists(columns) }}
