# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown COMMIT=unknown
RUN go build -trimpath -ldflags "-s -w -X main.version=${VERSION} -X main.commit=${COMMIT}" -o /out/assay ./cmd/assay

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends git ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/assay --create-home assay
COPY --from=build /out/assay /usr/local/bin/assay
USER 10001
WORKDIR /var/lib/assay
ENV ASSAY_DATA=/var/lib/assay ASSAY_LISTEN=:8080
VOLUME /var/lib/assay
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s CMD ["assay", "health"]
ENTRYPOINT ["assay"]
CMD ["serve"]
