# syntax=docker/dockerfile:1
# Two stages: the first builds a wheel and installs it from the lock with hashes, the second holds
# Python, that installation and nothing else: no sources, no build tools, no root.
ARG PYTHON=python:3.13-slim

FROM ${PYTHON} AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY service ./service
COPY deploy/runtime.lock ./deploy/runtime.lock
RUN python -m venv /opt/sagewarden \
 && /opt/sagewarden/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r deploy/runtime.lock \
 && /opt/sagewarden/bin/pip install --no-cache-dir --no-deps . \
 && /opt/sagewarden/bin/pip uninstall --yes pip

FROM ${PYTHON}
LABEL org.opencontainers.image.title="SageWarden" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sagewarden
COPY --from=build /opt/sagewarden /opt/sagewarden
ENV PATH=/opt/sagewarden/bin:$PATH PYTHONUNBUFFERED=1
USER 10001
WORKDIR /tmp
ENTRYPOINT ["sagewarden"]
CMD ["--help"]
