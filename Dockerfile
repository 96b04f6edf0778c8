# Textlode on the CPU:
#   docker build --tag textlode .
#   docker run --publish 127.0.0.1:8501:8501 --volume textlode:/data textlode
# On an NVIDIA GPU (needs the NVIDIA container toolkit on the host):
#   docker build --tag textlode-gpu --build-arg TORCH=cuda .
#   docker run --gpus all --publish 127.0.0.1:8501:8501 --volume textlode:/data textlode-gpu
FROM python:3.11-slim

ARG TORCH=cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONUNBUFFERED=1

# The CPU build of torch comes from PyTorch's own index; PyPI's build wants the GPU libraries.
WORKDIR /app
COPY requirements requirements
RUN if [ "$TORCH" = cpu ]; then \
        pip install --no-deps --require-hashes --requirement requirements/cpu.txt \
            --extra-index-url https://download.pytorch.org/whl/cpu; \
    else \
        pip install --no-deps --require-hashes --requirement requirements/cuda.txt; \
    fi \
    && pip install --no-deps --require-hashes --requirement requirements/lock.txt

COPY pyproject.toml README.md LICENSE app.py ./
COPY .streamlit .streamlit
COPY core core
COPY pages pages
COPY sample_data sample_data
RUN pip install --no-deps --no-build-isolation --editable . \
    && useradd --create-home --uid 1000 textlode \
    && install --directory --owner=textlode /data /var/cache/textlode

USER textlode
ENV TEXTLODE_HOME=/data HF_HOME=/data/huggingface NUMBA_CACHE_DIR=/var/cache/textlode
RUN python -c 'from core.explore import warm_up; warm_up()'

VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8501/_stcore/health', timeout=4)"]
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501"]
