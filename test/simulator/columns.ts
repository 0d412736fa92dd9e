/** The columns of each stream and the kinds they are declared as, from the API's `streams.json`; made keys (`event_id`) left out. */

/** By kind, the names of a stream's columns, parted by blanks. */
export type Columns = Readonly<Record<string, string>>;

export const COLUMNS: Readonly<Record<string, Columns>> = {
  builder_orders: {
    integer: 'id stage work_order_id work_order_type_id',
    string:
      'order_type stage_description start_date job_address floorplan_name city_name community_name ' +
      'customer_name notes order_number task_name type accepted_at',
    'date-time': 'created_at updated_at',
    number: 'total',
    json: 'task_descriptions item_details',
  },
  cities: {
    integer: 'id',
    string: 'name state etag',
    'date-time': 'created_at updated_at',
  },
  communities: {
    integer: 'id',
    string: 'name city customer office supervisor project_manager warranties map_location external_id etag',
    boolean: 'active security email_confirmation_to_supervisor under_warranty',
  },
  contracts: {
    integer: 'id number work_order_id',
    string: 'status category po_number notes description assigned_to pricing_mode job etag',
    number: 'total',
    'date-time': 'created_at updated_at',
  },
  crews: {
    integer: 'id leader_id',
    string: 'name phone calendar_color truck_number leader etag',
    boolean: 'active',
    json: 'update_member_ids members member_pays office_ids offices crew_type_ids crew_types',
  },
  customer_pricings: {
    integer: 'id city_id customer_id community_id floorplan_id',
    string: 'description sku item_number active_date inactive_date city customer community floorplan etag',
    number: 'price labor retail_price',
    boolean: 'favorite print_on_all_contractuals',
    json: 'extended_labor_costs',
  },
  customers: {
    integer: 'id',
    string:
      'name status phone email notes work_order_notes supervisor corporate_address_address1 ' +
      'corporate_address_address2 corporate_address_city corporate_address_state corporate_address_zip ' +
      'corporate_contact_fullname corporate_contact_email corporate_contact_phone ' +
      'corporate_contact_cellphone corporate_contact_fax billing_address_address1 ' +
      'billing_address_address2 billing_address_city billing_address_state billing_address_zip ' +
      'billing_contact_fullname billing_contact_email billing_contact_phone billing_contact_cellphone ' +
      'billing_contact_fax external_id etag',
    boolean: 'po_required email_confirmation_to_supervisor opt_out_email_confirmation opt_out_auto_confirmation',
  },
  employees: {
    integer: 'id weekly_hours user_type_id department_type_id',
    string:
      'username fullname email personal_email phone cellphone crew fax user_class birth_date rate title ' +
      'notes hire_date payroll_id reports_to address_address1 address_address2 address_city address_state ' +
      'address_zip etag timezone',
    boolean: 'active holiday_pay piece_pay elligible_for_rehire',
    json: 'office_ids auto_lunch offices',
    'date-time': 'created_at updated_at',
  },
  floorplans: {
    integer: 'id customer_id',
    string:
      'name community customer city customer_external_id community_external_id active_date inactive_date ' +
      'bid_number work_unit etag',
    number: 'square_footage labor_hours contract_price',
    json: 'extended_labor_costs',
  },
  invoices: {
    integer: 'id work_order_id job_id customer_id created_by_id',
    string: 'accounting_id status object created_by number summary last_error work_order_type etag',
    json: 'extras contract_details job_ids work_order_ids po_numbers',
    number: 'total',
    'date-time': 'created_at updated_at',
  },
  job_type_configuration: {
    integer: 'job_type_id',
    string: 'description',
    json: 'offices',
  },
  jobs: {
    integer: 'id customer_id job_type_id floorplan_id',
    string:
      'address lot block floorplan community city customer office home_owner home_owner_email ' +
      'home_owner_phone permit_number permit_date builder_job_number notes zip accounting_number ' +
      'municipality customer_external_id community_external_id job_type etag',
    boolean: 'active under_warranty',
    date: 'start_date close_date',
    'date-time': 'created_at updated_at',
  },
  offices: {
    integer: 'id',
    string: 'name address etag',
    'date-time': 'created_at updated_at',
  },
  schedules: {
    integer: 'id work_order_type_id job_number supervisor_id percentage_of_completion warranty_issue_id',
    string:
      'work_order_type reschedule_date notes stage crew_notes home_owner home_owner_email ' +
      'home_owner_phone completed_date estimated_completion_date appointment_start_time ' +
      'appointment_end_time schedule_change_comment schedule_change_reason warranty_issue department_type ' +
      'etag',
    'date-time': 'created_at updated_at',
    json: 'crews crew_ids floorplan_options_charges job_extras_charges',
    number: 'labor_total price_total floorplan_contract_charge floorplan_labor_charge crew_pay_extra_added_pay',
  },
  takeoff_types: {
    integer: 'id work_order_type_id display_order',
    string: 'work_order_type description etag',
    boolean: 'allow_notes device_display transpose print_landscape print_differential_upon_submit active',
    json: 'takeoff_columns',
    'date-time': 'created_at updated_at',
  },
  types: {
    integer: 'id display_order work_order_type_id',
    string: 'description category etag',
    boolean: 'web_display device_display',
    'date-time': 'created_at updated_at',
  },
  work_order_types: {
    integer: 'id display_order forecast_order work_type_id department_type_id',
    string:
      'name completed_email secondary_service recurring_workorder standard_billing work_type ' +
      'department_type printing_options auto_send_confirmation_email custom_field1 auto_confirm etag',
    boolean: 'active device_display',
    json: 'office_ids billing_contract_type_ids offices billing_contract_types',
  },
  work_orders: {
    integer: 'id work_order_type_id job_number supervisor_id percentage_of_completion warranty_issue_id',
    string:
      'work_order_type reschedule_date notes stage crew_notes home_owner home_owner_email ' +
      'home_owner_phone completed_date estimated_completion_date appointment_start_time ' +
      'appointment_end_time schedule_change_comment schedule_change_reason warranty_issue department_type ' +
      'etag',
    'date-time': 'created_at updated_at',
    json: 'crews crew_ids floorplan_options_charges job_extras_charges',
    number: 'labor_total price_total floorplan_contract_charge floorplan_labor_charge crew_pay_extra_added_pay',
  },
  job_events: {
    integer: 'id job_id job_customer_id job_job_type_id job_floorplan_id',
    string:
      'event author created_at job_address job_lot job_block job_floorplan job_community job_city ' +
      'job_customer job_office job_home_owner job_home_owner_email job_home_owner_phone job_permit_number ' +
      'job_permit_date job_builder_job_number job_notes job_zip job_accounting_number job_municipality ' +
      'job_customer_external_id job_community_external_id job_job_type job_etag',
    json: 'changes',
    boolean: 'job_active job_under_warranty',
    date: 'job_start_date job_close_date',
    'date-time': 'job_created_at job_updated_at',
  },
  work_order_events: {
    integer:
      'id work_order_id work_order_work_order_type_id work_order_job_number work_order_supervisor_id ' +
      'work_order_percentage_of_completion work_order_warranty_issue_id',
    string:
      'event author created_at work_order_work_order_type work_order_reschedule_date work_order_notes ' +
      'work_order_stage work_order_crew_notes work_order_home_owner work_order_home_owner_email ' +
      'work_order_home_owner_phone work_order_completed_date work_order_estimated_completion_date ' +
      'work_order_appointment_start_time work_order_appointment_end_time ' +
      'work_order_schedule_change_comment work_order_schedule_change_reason work_order_warranty_issue ' +
      'work_order_department_type work_order_etag',
    json:
      'changes work_order_crews work_order_crew_ids work_order_floorplan_options_charges ' +
      'work_order_job_extras_charges',
    'date-time': 'work_order_created_at work_order_updated_at',
    number:
      'work_order_labor_total work_order_price_total work_order_floorplan_contract_charge ' +
      'work_order_floorplan_labor_charge work_order_crew_pay_extra_added_pay',
  },
  work_order_status_events: {
    integer: 'id status_id status_work_order_id status_work_order_status_type_id',
    string: 'event author created_at status_updated_at status_description',
    json: 'changes',
    boolean: 'status_status',
  },
};
