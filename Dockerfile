# The portal without the demo's packages and tests. Its files are root's; it runs as a user of its own,
# with a root file system that may be read-only, and writes to /data, /media and /tmp alone.
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /portal
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY portal portal
COPY migrations migrations
COPY locales locales
COPY templates templates
COPY static static
RUN /venv/bin/pip install --no-deps --no-build-isolation -e . \
    && /venv/bin/pip uninstall --yes flit-core pip \
    && /usr/local/bin/python -m compileall -q portal migrations /venv/lib

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="Shanyraq" \
      org.opencontainers.image.description="A self-hosted portal for a people spread over the world"
RUN python -m pip uninstall --yes pip \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0700 /data /media
COPY --from=build /venv /venv
COPY --from=build /portal /portal
WORKDIR /portal
USER 10001
ENV PATH=/venv/bin:$PATH PORTAL_DATA_DIR=/data PORTAL_HOST=0.0.0.0 PYTHONDONTWRITEBYTECODE=1
# glibc keeps one pool of memory for all threads, and returns what lies free at its end.
ENV MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536
VOLUME ["/data", "/media"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "portal.cli.ready"]
CMD ["sh", "-c", "portal migrate && exec portal serve"]
