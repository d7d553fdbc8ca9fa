# A container of the binary and nothing else. The binary comes from
# `make package`, for the architecture that the image is built for:
#
#   make package && docker build -t wardflow .
#   docker run --read-only --cap-drop=ALL --tmpfs /tmp:mode=1777 \
#     -v wardflow:/var/lib/wardflow -p 7400:7400 -p 7443:7443 wardflow
#
# /var/lib/wardflow is the node's folder: node.yaml, certificate and data, owned
# by the user 65532. `docker run … wardflow enroll - --out /var/lib/wardflow` fills it.
FROM scratch
ARG TARGETARCH=amd64
COPY --chmod=0755 bin/wardflow-linux-${TARGETARCH} /wardflow
COPY LICENSE NOTICE licenses /licenses/
USER 65532:65532
WORKDIR /var/lib/wardflow
VOLUME /var/lib/wardflow
ENTRYPOINT ["/wardflow"]
CMD ["node", "run", "--config", "/var/lib/wardflow/node.yaml"]
