-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='cities' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'cities')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'name', 'text') }} as name,
    {{ bolt_eci_column(columns, 'state', 'text') }} as state,
    {{ bolt_eci_column(columns, 'created_at', 'timestamptz') }} as created_at,
    {{ bolt_eci_column(columns, 'updated_at', 'timestamptz') }} as updated_at,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'cities') }}
{{ bolt_eci_where_it_exists(columns) }}
