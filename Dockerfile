# A small image with leakey and a shell, for CI:
#   docker build -t leakey .
#   docker run --rm --network none -v "$PWD:/repo:ro" -u "$(id -u):$(id -g)" leakey scan
FROM rust:1.95-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /leakey
COPY . .
RUN cargo install --locked --path . --root /out

FROM alpine:3
# A mounted repository belongs to somebody else, which would be refused. Nothing in it is ever run.
RUN printf "[safe]\n\tdirectory = *\n" > /etc/gitconfig \
    && adduser -D -u 1000 leakey
COPY --from=build /out/bin/leakey /usr/local/bin/leakey
USER leakey
WORKDIR /repo
ENTRYPOINT ["leakey"]
CMD ["scan"]
