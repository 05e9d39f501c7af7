# Scores and serves: no compiler, no torch, no Spark. Build: docker build -t riskmodel .
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY riskmodel riskmodel
RUN python -m venv /opt/riskmodel \
 && /opt/riskmodel/bin/pip install --no-cache-dir --constraint constraints.txt .
# The same module without NVIDIA's proprietary library for several graphics cards, where there is such a wheel.
RUN if [ "$(uname -m)" = x86_64 ]; then \
      /opt/riskmodel/bin/pip uninstall --yes xgboost nvidia-nccl-cu12 \
      && /opt/riskmodel/bin/pip install --no-cache-dir --no-deps --constraint constraints.txt xgboost-cpu; \
    fi

FROM python:3.12-slim
# LightGBM and XGBoost sum in threads by OpenMP.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 riskmodel \
 && mkdir /kernels /work \
 && chown riskmodel /kernels /work
COPY --from=build /opt/riskmodel /opt/riskmodel
ENV PATH=/opt/riskmodel/bin:$PATH NUMBA_CACHE_DIR=/kernels OMP_WAIT_POLICY=PASSIVE PYTHONDONTWRITEBYTECODE=1
USER riskmodel
WORKDIR /work
# Kernels are compiled once, here: a first decision then waits for nothing.
COPY --chown=riskmodel pipelines/warm.sh /tmp/warm.sh
RUN sh /tmp/warm.sh
EXPOSE 8000
ENTRYPOINT ["riskmodel"]
CMD ["--help"]
