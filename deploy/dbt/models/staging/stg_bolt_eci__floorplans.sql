-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='floorplans' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'floorplans')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'name', 'text') }} as name,
    {{ bolt_eci_column(columns, 'community', 'text') }} as community,
    {{ bolt_eci_column(columns, 'customer', 'text') }} as customer,
    {{ bolt_eci_column(columns, 'city', 'text') }} as city,
    {{ bolt_eci_column(columns, 'customer_id', 'bigint') }} as customer_id,
    {{ bolt_eci_column(columns, 'customer_external_id', 'text') }} as customer_external_id,
    {{ bolt_eci_column(columns, 'community_external_id', 'text') }} as community_external_id,
    {{ bolt_eci_column(columns, 'active_date', 'text') }} as active_date,
    {{ bolt_eci_column(columns, 'inactive_date', 'text') }} as inactive_date,
    {{ bolt_eci_column(columns, 'bid_number', 'text') }} as bid_number,
    {{ bolt_eci_column(columns, 'square_footage', 'double precision') }} as square_footage,
    {{ bolt_eci_column(columns, 'labor_hours', 'double precision') }} as labor_hours,
    {{ bolt_eci_column(columns, 'contract_price', 'double precision') }} as contract_price,
    {{ bolt_eci_column(columns, 'work_unit', 'text') }} as work_unit,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag,
    {{ bolt_eci_column(columns, 'extended_labor_costs', 'text') }} as extended_labor_costs
from {{ source('bolt_eci', 'floorplans') }}
{{ bolt_eci_where_it_exists(columns) }}
