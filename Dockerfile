# syntax=docker/dockerfile:1
# Two stages: the first builds the wheel, installs it from the lock with hashes and writes down what it
# installed; the second holds Python, that installation and nothing else: no sources, no build tools, no
# root. deploy/README.md says how to build and run it.
ARG PYTHON=python:3.13-slim

FROM ${PYTHON} AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY deploy/runtime.lock deploy/build.lock deploy/trim.py ./deploy/
COPY service ./service
RUN python3 -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r deploy/build.lock \
 && /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /opt/wheels . \
 && python3 -m venv /opt/sagewarden \
 && /opt/sagewarden/bin/pip install --no-cache-dir --no-compile --require-hashes --only-binary :all: -r deploy/runtime.lock \
 && /opt/sagewarden/bin/pip install --no-cache-dir --no-compile --no-deps /opt/wheels/*.whl \
 && /opt/sagewarden/bin/pip uninstall --yes pip \
 && /opt/sagewarden/bin/python deploy/trim.py /opt/sagewarden

FROM ${PYTHON}
LABEL org.opencontainers.image.title="SageWarden" \
      org.opencontainers.image.description="Keeps AWS SageMaker Experiments within policy" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.cyclonedx.sbom="/opt/sagewarden/sbom.cdx.json"
COPY --from=build /opt/sagewarden /opt/sagewarden
ENV PATH=/opt/sagewarden/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# by number, so that Kubernetes sees that it is not root; nothing but /tmp is written to
USER 10001:10001
WORKDIR /tmp
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["sagewarden", "health"]
ENTRYPOINT ["sagewarden"]
CMD ["serve"]
