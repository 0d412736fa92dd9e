# The image contains only the tap; deploy/docker shows how to add a target.
# Both stages use the same Node. To pin it by digest too, write node:VERSION@sha256:…
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts/build.js scripts/
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
WORKDIR /app
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json ./
COPY bin bin
COPY schemas schemas
RUN ln -s /app/bin/bolt-eci-tap.js /usr/local/bin/bolt-eci-tap \
  && install -d -o node -g node /data
# For bookmarks and the times of the last hour's calls: mount a volume here.
WORKDIR /data
ENV NODE_ENV=production TAP_BOLT_ECI_CACHE_DIR=/data/cache
# A number, so that Kubernetes can check that the user is not root.
USER 1000:1000
ENTRYPOINT ["bolt-eci-tap"]
CMD ["--help"]
