FROM --platform=linux/amd64 a:b@sha256:cc AS x
RUN --mount=type=cache,target=/x a b && \
 # comment
  c "d $e" | f
RUN ["a", "b"]
COPY --from=x a b
ENV A=b C="d e"
ENV A b c
ARG X
ARG X=1
HEALTHCHECK --interval=5m CMD curl a
ONBUILD RUN a
STOPSIGNAL 9
ADD ["a b", "c"]
LABEL a=b "c d"=e
EXPOSE 80/tcp $P
USER a:b
RUN <<EOF
foo
EOF
CMD a b
SHELL ["a"]
VOLUME /a /b
ENTRYPOINT a
