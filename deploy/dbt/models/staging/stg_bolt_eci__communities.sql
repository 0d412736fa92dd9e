-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='communities' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'communities')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'name', 'text') }} as name,
    {{ bolt_eci_column(columns, 'city', 'text') }} as city,
    {{ bolt_eci_column(columns, 'customer', 'text') }} as customer,
    {{ bolt_eci_column(columns, 'office', 'text') }} as office,
    {{ bolt_eci_column(columns, 'supervisor', 'text') }} as supervisor,
    {{ bolt_eci_column(columns, 'project_manager', 'text') }} as project_manager,
    {{ bolt_eci_column(columns, 'active', 'boolean') }} as active,
    {{ bolt_eci_column(columns, 'security', 'boolean') }} as security,
    {{ bolt_eci_column(columns, 'warranties', 'text') }} as warranties,
    {{ bolt_eci_column(columns, 'email_confirmation_to_supervisor', 'boolean') }} as email_confirmation_to_supervisor,
    {{ bolt_eci_column(columns, 'under_warranty', 'boolean') }} as under_warranty,
    {{ bolt_eci_column(columns, 'map_location', 'text') }} as map_location,
    {{ bolt_eci_column(columns, 'external_id', 'text') }} as external_id,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'communities') }}
{{ bolt_eci_where_it_exists(columns) }}
