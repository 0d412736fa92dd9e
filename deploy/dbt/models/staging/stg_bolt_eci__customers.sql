-- Generated from src/streams.ts and schemas/ (npm run update). Do not edit.
{{ config(enabled='customers' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(source('bolt_eci', 'customers')) %}

select
    {{ bolt_eci_column(columns, 'id', 'bigint') }} as id,
    {{ bolt_eci_column(columns, 'name', 'text') }} as name,
    {{ bolt_eci_column(columns, 'status', 'text') }} as status,
    {{ bolt_eci_column(columns, 'phone', 'text') }} as phone,
    {{ bolt_eci_column(columns, 'email', 'text') }} as email,
    {{ bolt_eci_column(columns, 'notes', 'text') }} as notes,
    {{ bolt_eci_column(columns, 'po_required', 'boolean') }} as po_required,
    {{ bolt_eci_column(columns, 'work_order_notes', 'text') }} as work_order_notes,
    {{ bolt_eci_column(columns, 'email_confirmation_to_supervisor', 'boolean') }} as email_confirmation_to_supervisor,
    {{ bolt_eci_column(columns, 'opt_out_email_confirmation', 'boolean') }} as opt_out_email_confirmation,
    {{ bolt_eci_column(columns, 'opt_out_auto_confirmation', 'boolean') }} as opt_out_auto_confirmation,
    {{ bolt_eci_column(columns, 'supervisor', 'text') }} as supervisor,
    {{ bolt_eci_column(columns, 'corporate_address_address1', 'text') }} as corporate_address_address1,
    {{ bolt_eci_column(columns, 'corporate_address_address2', 'text') }} as corporate_address_address2,
    {{ bolt_eci_column(columns, 'corporate_address_city', 'text') }} as corporate_address_city,
    {{ bolt_eci_column(columns, 'corporate_address_state', 'text') }} as corporate_address_state,
    {{ bolt_eci_column(columns, 'corporate_address_zip', 'text') }} as corporate_address_zip,
    {{ bolt_eci_column(columns, 'corporate_contact_fullname', 'text') }} as corporate_contact_fullname,
    {{ bolt_eci_column(columns, 'corporate_contact_email', 'text') }} as corporate_contact_email,
    {{ bolt_eci_column(columns, 'corporate_contact_phone', 'text') }} as corporate_contact_phone,
    {{ bolt_eci_column(columns, 'corporate_contact_cellphone', 'text') }} as corporate_contact_cellphone,
    {{ bolt_eci_column(columns, 'corporate_contact_fax', 'text') }} as corporate_contact_fax,
    {{ bolt_eci_column(columns, 'billing_address_address1', 'text') }} as billing_address_address1,
    {{ bolt_eci_column(columns, 'billing_address_address2', 'text') }} as billing_address_address2,
    {{ bolt_eci_column(columns, 'billing_address_city', 'text') }} as billing_address_city,
    {{ bolt_eci_column(columns, 'billing_address_state', 'text') }} as billing_address_state,
    {{ bolt_eci_column(columns, 'billing_address_zip', 'text') }} as billing_address_zip,
    {{ bolt_eci_column(columns, 'billing_contact_fullname', 'text') }} as billing_contact_fullname,
    {{ bolt_eci_column(columns, 'billing_contact_email', 'text') }} as billing_contact_email,
    {{ bolt_eci_column(columns, 'billing_contact_phone', 'text') }} as billing_contact_phone,
    {{ bolt_eci_column(columns, 'billing_contact_cellphone', 'text') }} as billing_contact_cellphone,
    {{ bolt_eci_column(columns, 'billing_contact_fax', 'text') }} as billing_contact_fax,
    {{ bolt_eci_column(columns, 'external_id', 'text') }} as external_id,
    {{ bolt_eci_column(columns, 'etag', 'text') }} as etag
from {{ source('bolt_eci', 'customers') }}
{{ bolt_eci_where_it_exists(columns) }}
