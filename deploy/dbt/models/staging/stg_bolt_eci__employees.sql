-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='employees' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'employees')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'username', 'text') }} as username,
    {{ bolt_eci_column(columns, 'fullname', 'text') }} as fullname,
    {{ bolt_eci_column(columns, 'email', 'text') }} as email,
    {{ bolt_eci_column(columns, 'personal_email', 'text') }} as personal_email,
    {{ bolt_eci_column(columns, 'phone', 'text') }} as phone,
    {{ bolt_eci_column(columns, 'cellphone', 'text') }} as cellphone,
    {{ bolt_eci_column(columns, 'crew', 'text') }} as crew,
    {{ bolt_eci_column(columns, 'fax', 'text') }} as fax,
    {{ bolt_eci_column(columns, 'active', 'boolean') }} as active,
    {{ bolt_eci_column(columns, 'holiday_pay', 'boolean') }} as holiday_pay,
    {{ bolt_eci_column(columns, 'weekly_hours', 'bigint') }} as weekly_hours,
    {{ bolt_eci_column(columns, 'user_class', 'text') }} as user_class,
    {{ bolt_eci_column(columns, 'user_type_id', 'bigint') }} as user_type_id,
    {{ bolt_eci_column(columns, 'birth_date', 'text') }} as birth_date,
    {{ bolt_eci_column(columns, 'rate', 'text') }} as rate,
    {{ bolt_eci_column(columns, 'piece_pay', 'boolean') }} as piece_pay,
    {{ bolt_eci_column(columns, 'title', 'text') }} as title,
    {{ bolt_eci_column(columns, 'notes', 'text') }} as notes,
    {{ bolt_eci_column(columns, 'elligible_for_rehire', 'boolean') }} as elligible_for_rehire,
    {{ bolt_eci_column(columns, 'hire_date', 'text') }} as hire_date,
    {{ bolt_eci_column(columns, 'office_ids', 'text') }} as office_ids,
    {{ bolt_eci_column(columns, 'payroll_id', 'text') }} as payroll_id,
    {{ bolt_eci_column(columns, 'auto_lunch', 'text') }} as auto_lunch,
    {{ bolt_eci_column(columns, 'department_type_id', 'bigint') }} as department_type_id,
    {{ bolt_eci_column(columns, 'offices', 'text') }} as offices,
    {{ bolt_eci_column(columns, 'reports_to', 'text') }} as reports_to,
    {{ bolt_eci_column(columns, 'created_at', 'timestamptz') }} as created_at,
    {{ bolt_eci_column(columns, 'updated_at', 'timestamptz') }} as updated_at,
    {{ bolt_eci_column(columns, 'address_address1', 'text') }} as address_address1,
    {{ bolt_eci_column(columns, 'address_address2', 'text') }} as address_address2,
    {{ bolt_eci_column(columns, 'address_city', 'text') }} as address_city,
    {{ bolt_eci_column(columns, 'address_state', 'text') }} as address_state,
    {{ bolt_eci_column(columns, 'address_zip', 'text') }} as address_zip,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag,
    {{ bolt_eci_column(columns, 'timezone', 'text') }} as timezone
from {{ source('bolt_eci', 'employees') }}
{{ bolt_eci_where_it_exists(columns) }}
