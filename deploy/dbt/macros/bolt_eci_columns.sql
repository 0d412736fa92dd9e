{#
  The columns that a table has in the database, by name. Targets differ in the types that they use,
  and a catalog may deselect columns, so the staging views look.
#}
{% macro bolt_eci_columns(relation) %}
    {%- set found = {} -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do found.update({column.name | lower: column}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(found) -%}
{% endmacro %}

{#
  A column as `type`, whatever the target stored it as. A column that the table does not have is
  null. A number or boolean that is stored as text is masked, or had values of several types: it
  stays text. A masked date or time is null, since a hash cannot be cast.
#}
{% macro bolt_eci_column(columns, name, type) %}
    {%- set column = columns.get(name) -%}
    {%- if column is none -%}
        cast(null as {{ type }})
    {%- else -%}
        {%- set stored = column.data_type | lower -%}
        {%- set is_text = stored.startswith('text') or 'char' in stored -%}
        {%- if type == 'timestamptz' and stored.startswith('timestamp') and 'with time zone' not in stored -%}
            {{ column.quoted }} at time zone 'UTC'
        {%- elif type == 'date' and is_text -%}
            cast(case when {{ column.quoted }} like '____-__-__' then {{ column.quoted }} end as date)
        {%- elif type == 'timestamptz' and is_text -%}
            cast(case when {{ column.quoted }} like '____-__-__T%' then {{ column.quoted }} end as timestamptz)
        {%- elif is_text and type in ['bigint', 'double precision', 'boolean'] -%}
            {{ column.quoted }}
        {%- else -%}
            cast({{ column.quoted }} as {{ type }})
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#
  The condition that leaves out deleted rows. `deleted_at` is the tap's column, `_sdc_deleted_at` is
  what a target sets after ACTIVATE_VERSION.
#}
{% macro bolt_eci_where_it_exists(columns) %}
    {%- set conditions = [] -%}
    {%- for name in ['deleted_at', '_sdc_deleted_at'] if name in columns -%}
        {%- do conditions.append(columns[name].quoted ~ ' is null') -%}
    {%- endfor -%}
    {%- if conditions -%}
        where {{ conditions | join(' and ') }}
    {%- endif -%}
{% endmacro %}
