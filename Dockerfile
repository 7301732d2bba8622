# One image for web, worker and beat; docker-compose.yml says which of them a container is. docs/operations.md explains.

FROM python:3.11-slim-bookworm AS build
RUN python -m venv /venv
COPY requirements.lock /tmp/
RUN /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r /tmp/requirements.lock
COPY manage.py /app/
COPY site /app/site
COPY home /app/home
COPY contact /app/contact
COPY privacy /app/privacy
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app:/app/site
WORKDIR /app
RUN DJANGO_SETTINGS_MODULE=config.settings.build python manage.py collectstatic --no-input
RUN python -m compileall -q /app

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin koel \
    && install -d -o koel -g koel -m 0700 /var/lib/koel /var/lib/koel/private /var/lib/koel/ledger /var/lib/koel/beat \
    && install -d -o koel -g koel -m 0755 /var/lib/koel/media
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app:/app/site \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production
WORKDIR /app
USER koel
EXPOSE 8000
# Two processes with four threads each; no access log, for it would hold addresses of visitors and one-time links.
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--worker-tmp-dir=/dev/shm"]
