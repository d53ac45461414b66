# The service. Any image with CPython 3.11 or newer and glibc does: docker build --build-arg BASE=python:3.13-slim .
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
ARG UV_VERSION=0.13.9
ENV UV_PROJECT_ENVIRONMENT=/app \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir "uv==${UV_VERSION}"
WORKDIR /src
# Dependencies first: they change less often than the code, and the layer is kept.
COPY pyproject.toml README.md LICENSE ./
RUN /opt/uv/bin/uv sync --no-default-groups --no-install-project
COPY domain domain
COPY application application
COPY infrastructure infrastructure
COPY interfaces interfaces
COPY alembic alembic
RUN /opt/uv/bin/uv sync --no-default-groups --no-editable

FROM ${BASE}
RUN useradd --uid 10001 --user-group --create-home gamefilm && install -d -o gamefilm -g gamefilm /data
COPY --from=build /app /app
ENV PATH=/app/bin:${PATH} \
    PYTHONUNBUFFERED=1 \
    GAMEFILM_DATA_DIR=/data
USER gamefilm
WORKDIR /data
VOLUME /data
EXPOSE 8420
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8420/health/live', timeout=4)"]
ENTRYPOINT ["gamefilm"]
# Inside a container loopback reaches nobody. Publish the port to 127.0.0.1 alone: callers are not authenticated.
CMD ["up", "--host", "0.0.0.0", "--port", "8420", "--insecure"]
