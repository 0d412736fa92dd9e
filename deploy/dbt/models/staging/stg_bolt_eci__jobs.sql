-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='jobs' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'jobs')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'address', 'text') }} as address,
    {{ bolt_eci_column(columns, 'lot', 'text') }} as lot,
    {{ bolt_eci_column(columns, 'block', 'text') }} as block,
    {{ bolt_eci_column(columns, 'active', 'boolean') }} as active,
    {{ bolt_eci_column(columns, 'floorplan', 'text') }} as floorplan,
    {{ bolt_eci_column(columns, 'community', 'text') }} as community,
    {{ bolt_eci_column(columns, 'city', 'text') }} as city,
    {{ bolt_eci_column(columns, 'customer', 'text') }} as customer,
    {{ bolt_eci_column(columns, 'customer_id', 'bigint') }} as customer_id,
    {{ bolt_eci_column(columns, 'office', 'text') }} as office,
    {{ bolt_eci_column(columns, 'home_owner', 'text') }} as home_owner,
    {{ bolt_eci_column(columns, 'home_owner_email', 'text') }} as home_owner_email,
    {{ bolt_eci_column(columns, 'home_owner_phone', 'text') }} as home_owner_phone,
    {{ bolt_eci_column(columns, 'permit_number', 'text') }} as permit_number,
    {{ bolt_eci_column(columns, 'permit_date', 'text') }} as permit_date,
    {{ bolt_eci_column(columns, 'start_date', 'date') }} as start_date,
    {{ bolt_eci_column(columns, 'builder_job_number', 'text') }} as builder_job_number,
    {{ bolt_eci_column(columns, 'created_at', 'timestamptz') }} as created_at,
    {{ bolt_eci_column(columns, 'updated_at', 'timestamptz') }} as updated_at,
    {{ bolt_eci_column(columns, 'notes', 'text') }} as notes,
    {{ bolt_eci_column(columns, 'zip', 'text') }} as zip,
    {{ bolt_eci_column(columns, 'accounting_number', 'text') }} as accounting_number,
    {{ bolt_eci_column(columns, 'under_warranty', 'boolean') }} as under_warranty,
    {{ bolt_eci_column(columns, 'municipality', 'text') }} as municipality,
    {{ bolt_eci_column(columns, 'customer_external_id', 'text') }} as customer_external_id,
    {{ bolt_eci_column(columns, 'community_external_id', 'text') }} as community_external_id,
    {{ bolt_eci_column(columns, 'job_type_id', 'bigint') }} as job_type_id,
    {{ bolt_eci_column(columns, 'job_type', 'text') }} as job_type,
    {{ bolt_eci_column(columns, 'close_date', 'date') }} as close_date,
    {{ bolt_eci_column(columns, 'floorplan_id', 'bigint') }} as floorplan_id,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'jobs') }}
{{ bolt_eci_where_it_exists(columns) }}
