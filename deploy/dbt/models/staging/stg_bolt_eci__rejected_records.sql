-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='rejected_records' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'rejected_records')) %}

select
    {{ bolt_eci_column(columns, 'rejected_id', 'text') }} as rejected_id,
    {{ bolt_eci_column(columns, 'stream', 'text') }} as stream,
    {{ bolt_eci_column(columns, 'record_key', 'text') }} as record_key,
    {{ bolt_eci_column(columns, 'field', 'text') }} as field,
    {{ bolt_eci_column(columns, 'reason', 'text') }} as reason,
    {{ bolt_eci_column(columns, 'value', 'text') }} as value,
    {{ bolt_eci_column(columns, 'rejected_at', 'timestamptz') }} as rejected_at
from {{ source('bolt_eci', 'rejected_records') }}
{{ bolt_eci_where_it_exists(columns) }}
