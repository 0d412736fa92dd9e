"""Bolt ECI to the warehouse, for several tenants: tables every 6 hours, events every 2.

The pace is the API's limit, which is each tenant's own. So tenants run side by side, and the runs of one tenant take turns in
its pool of one slot. A tenant is a connection `bolt_TENANT` (the token's name as the login, the token as the password) and a
pool of the same name.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

TENANTS = ["acme", "bestbuild"]
# Shared by all workers, or each run would be a first one.
DATA = "/var/lib/bolt-eci-tap"
TARGET = "target-postgres --config /etc/bolt-eci-tap/target.json"

FEEDS = "job_events,work_order_events,work_order_status_events"
LISTS = (
    "builder_orders,cities,communities,contracts,crews,customer_pricings,customers,employees,floorplans,invoices,"
    "job_type_configuration,jobs,offices,schedules,takeoff_types,types,work_order_types,work_orders"
)

SCHEDULES = {
    # name: (cron, streams, minutes after which a run stops and leaves the rest to the next)
    "tables": ("17 */6 * * *", LISTS, 330),
    "events": ("47 */2 * * *", FEEDS, 105),
}


def load(tenant: str, name: str, streams: str, minutes: int) -> BashOperator:
    """One run of one tenant, which gets its token from the connection and keeps its bookmark in DATA."""
    return BashOperator(
        task_id=tenant,
        pool=f"bolt_{tenant}",
        # exec, so that a stop signal reaches the tap itself.
        bash_command=(
            f"exec bolt-eci-tap run --config=ENV --state {DATA}/{tenant}/{name}.state.json -- {TARGET}"
        ),
        env={
            "TAP_BOLT_ECI_API_TOKEN": f"{{{{ conn.bolt_{tenant}.password }}}}",
            "TAP_BOLT_ECI_API_TOKEN_NAME": f"{{{{ conn.bolt_{tenant}.login }}}}",
            "TAP_BOLT_ECI_STREAMS": streams,
            "TAP_BOLT_ECI_MAX_RUN_MINUTES": str(minutes),
            # One a tenant: its runs share one allowance of calls.
            "TAP_BOLT_ECI_CACHE_DIR": f"{DATA}/{tenant}/cache",
            # The name of the file is the label `run`: it names the tenant too.
            "TAP_BOLT_ECI_METRICS_FILE": f"{DATA}/metrics/{tenant}_{name}.prom",
        },
        append_env=True,
        execution_timeout=timedelta(minutes=minutes + 15),
    )


for name, (cron, streams, minutes) in SCHEDULES.items():
    with DAG(
        dag_id=f"bolt_eci_{name}",
        description=f"Bolt ECI {name} of all tenants",
        schedule=cron,
        start_date=datetime(2025, 1, 1),
        catchup=False,
        max_active_runs=1,
        # The tap itself retries what can pass. A second try of the task would only repeat a wrong setting (code 2) or a
        # refused token (3), and after anything else the next run goes on from the bookmark.
        default_args={"retries": 0},
        tags=["bolt-eci"],
    ):
        for tenant in TENANTS:
            load(tenant, name, streams, minutes)
