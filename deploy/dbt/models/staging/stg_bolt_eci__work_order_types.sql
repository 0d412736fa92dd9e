-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='work_order_types' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'work_order_types')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'name', 'text') }} as name,
    {{ bolt_eci_column(columns, 'active', 'boolean') }} as active,
    {{ bolt_eci_column(columns, 'display_order', 'bigint') }} as display_order,
    {{ bolt_eci_column(columns, 'device_display', 'boolean') }} as device_display,
    {{ bolt_eci_column(columns, 'forecast_order', 'bigint') }} as forecast_order,
    {{ bolt_eci_column(columns, 'completed_email', 'text') }} as completed_email,
    {{ bolt_eci_column(columns, 'office_ids', 'text') }} as office_ids,
    {{ bolt_eci_column(columns, 'billing_contract_type_ids', 'text') }} as billing_contract_type_ids,
    {{ bolt_eci_column(columns, 'offices', 'text') }} as offices,
    {{ bolt_eci_column(columns, 'billing_contract_types', 'text') }} as billing_contract_types,
    {{ bolt_eci_column(columns, 'secondary_service', 'text') }} as secondary_service,
    {{ bolt_eci_column(columns, 'recurring_workorder', 'text') }} as recurring_workorder,
    {{ bolt_eci_column(columns, 'standard_billing', 'text') }} as standard_billing,
    {{ bolt_eci_column(columns, 'work_type_id', 'bigint') }} as work_type_id,
    {{ bolt_eci_column(columns, 'work_type', 'text') }} as work_type,
    {{ bolt_eci_column(columns, 'department_type_id', 'bigint') }} as department_type_id,
    {{ bolt_eci_column(columns, 'department_type', 'text') }} as department_type,
    {{ bolt_eci_column(columns, 'printing_options', 'text') }} as printing_options,
    {{ bolt_eci_column(columns, 'auto_send_confirmation_email', 'text') }} as auto_send_confirmation_email,
    {{ bolt_eci_column(columns, 'custom_field1', 'text') }} as custom_field1,
    {{ bolt_eci_column(columns, 'auto_confirm', 'text') }} as auto_confirm,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'work_order_types') }}
{{ bolt_eci_where_it_exists(columns) }}
