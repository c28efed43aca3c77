# The portal without demo and tests; runs as nobody in particular, writes only to /data.
FROM python:3.13-slim AS build
WORKDIR /portal
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md alembic.ini ./
COPY portal portal
COPY migrations migrations
COPY locales locales
COPY templates templates
COPY static static
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && /venv/bin/python -m compileall -q portal /venv/lib

FROM python:3.13-slim
RUN useradd --system --uid 10001 portal && install -d -o portal -g portal /data
COPY --from=build /venv /venv
COPY --from=build /portal /portal
WORKDIR /portal
USER portal
ENV PORTAL_DATA_DIR=/data PORTAL_HOST=0.0.0.0 PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK CMD ["/venv/bin/python", "-c", "import urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/readyz', headers={'Host': __import__('urllib.parse').parse.urlsplit(__import__('os').environ['PORTAL_BASE_URL']).hostname}))"]
CMD ["sh", "-c", "/venv/bin/portal migrate && exec /venv/bin/portal serve"]
