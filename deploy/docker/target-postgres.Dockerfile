# The tap and one target. Node comes from the base image, Python from a virtual environment.
ARG TAP=bolt-eci-tap:0.2.0
FROM ${TAP}
USER 0
# Debian's repository has only one version of a package: a pinned version would fail later.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3-venv \
  && rm -rf /var/lib/apt/lists/* \
  && python3 -m venv /opt/target \
  && /opt/target/bin/pip install --no-cache-dir meltanolabs-target-postgres==0.8.1 \
  && ln -s /opt/target/bin/target-postgres /usr/local/bin/target-postgres
USER 1000:1000
