# The HTTP API in a container: no screen, no camera, no root. Of the booth's packages, Qt and sound stay out.
#
#   docker build --tag booth .
#   docker build --tag booth --build-arg DEVICE=cpu --build-arg TORCH_INDEX=ADDRESS .
#
# DEVICE      cuda: PyTorch as PyPI has it, which brings CUDA along and runs without a GPU as well;
#             cpu: some GB smaller, from the index of CPU wheels whose address pytorch.org tells
# EXTRAS      "ray" to let it serve with replicas as well (run_booth.py serve --ray)
#
# booth/contrib/compose.yaml runs it; tests/contrib/container.py runs these very steps without Docker.
FROM debian:bookworm-slim

ARG DEVICE=cuda
ARG TORCH_INDEX=
ARG EXTRAS=

ENV PATH=/opt/booth/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility

# Debian keeps no old versions to pin; its stable release does not move.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /home/booth --shell /usr/sbin/nologin booth \
    && install -d -o booth -g booth -m 0700 /data

# Before the code, so that a change of the code does not install everything anew.
WORKDIR /srv/booth
COPY pyproject.toml ./
COPY booth/contrib/requirements.py booth/contrib/
RUN python3 -m venv /opt/booth \
    && python booth/contrib/requirements.py pyproject.toml $EXTRAS > /tmp/requirements.txt \
    && if [ "$DEVICE" = cpu ]; then \
        [ -n "$TORCH_INDEX" ] || { echo "DEVICE=cpu needs --build-arg TORCH_INDEX=ADDRESS" >&2; exit 1; }; \
        grep '^torch' /tmp/requirements.txt > /tmp/torch.txt \
        && pip install --index-url "$TORCH_INDEX" --requirement /tmp/torch.txt \
        && rm /tmp/torch.txt; \
    fi \
    && pip install --requirement /tmp/requirements.txt \
    && rm /tmp/requirements.txt

COPY run_booth.py ./
COPY config config
COPY backgrounds backgrounds
COPY booth booth

# As a number, so that whoever runs it can tell that it is not root.
USER 10001
VOLUME /data
EXPOSE 8090
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8090/health', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "run_booth.py", "--config", "booth/contrib/container.yaml", "serve"]
