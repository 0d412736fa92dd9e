-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='job_type_configuration' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'job_type_configuration')) %}

select
    {{ bolt_eci_column(columns, 'job_type_id', 'bigint') }} as job_type_id,
    {{ bolt_eci_column(columns, 'description', 'text') }} as description,
    {{ bolt_eci_column(columns, 'offices', 'text') }} as offices
from {{ source('bolt_eci', 'job_type_configuration') }}
{{ bolt_eci_where_it_exists(columns) }}
