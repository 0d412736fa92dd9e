-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='crews' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'crews')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'name', 'text') }} as name,
    {{ bolt_eci_column(columns, 'active', 'boolean') }} as active,
    {{ bolt_eci_column(columns, 'phone', 'text') }} as phone,
    {{ bolt_eci_column(columns, 'calendar_color', 'text') }} as calendar_color,
    {{ bolt_eci_column(columns, 'truck_number', 'text') }} as truck_number,
    {{ bolt_eci_column(columns, 'update_member_ids', 'text') }} as update_member_ids,
    {{ bolt_eci_column(columns, 'members', 'text') }} as members,
    {{ bolt_eci_column(columns, 'member_pays', 'text') }} as member_pays,
    {{ bolt_eci_column(columns, 'leader_id', 'bigint') }} as leader_id,
    {{ bolt_eci_column(columns, 'leader', 'text') }} as leader,
    {{ bolt_eci_column(columns, 'office_ids', 'text') }} as office_ids,
    {{ bolt_eci_column(columns, 'offices', 'text') }} as offices,
    {{ bolt_eci_column(columns, 'crew_type_ids', 'text') }} as crew_type_ids,
    {{ bolt_eci_column(columns, 'crew_types', 'text') }} as crew_types,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'crews') }}
{{ bolt_eci_where_it_exists(columns) }}
