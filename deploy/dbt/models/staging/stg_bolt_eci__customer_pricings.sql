-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='customer_pricings' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'customer_pricings')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'description', 'text') }} as description,
    {{ bolt_eci_column(columns, 'sku', 'text') }} as sku,
    {{ bolt_eci_column(columns, 'item_number', 'text') }} as item_number,
    {{ bolt_eci_column(columns, 'price', 'double precision') }} as price,
    {{ bolt_eci_column(columns, 'labor', 'double precision') }} as labor,
    {{ bolt_eci_column(columns, 'active_date', 'text') }} as active_date,
    {{ bolt_eci_column(columns, 'inactive_date', 'text') }} as inactive_date,
    {{ bolt_eci_column(columns, 'favorite', 'boolean') }} as favorite,
    {{ bolt_eci_column(columns, 'print_on_all_contractuals', 'boolean') }} as print_on_all_contractuals,
    {{ bolt_eci_column(columns, 'city_id', 'bigint') }} as city_id,
    {{ bolt_eci_column(columns, 'city', 'text') }} as city,
    {{ bolt_eci_column(columns, 'customer_id', 'bigint') }} as customer_id,
    {{ bolt_eci_column(columns, 'customer', 'text') }} as customer,
    {{ bolt_eci_column(columns, 'community_id', 'bigint') }} as community_id,
    {{ bolt_eci_column(columns, 'community', 'text') }} as community,
    {{ bolt_eci_column(columns, 'floorplan_id', 'bigint') }} as floorplan_id,
    {{ bolt_eci_column(columns, 'floorplan', 'text') }} as floorplan,
    {{ bolt_eci_column(columns, 'retail_price', 'double precision') }} as retail_price,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag,
    {{ bolt_eci_column(columns, 'extended_labor_costs', 'text') }} as extended_labor_costs
from {{ source('bolt_eci', 'customer_pricings') }}
{{ bolt_eci_where_it_exists(columns) }}
