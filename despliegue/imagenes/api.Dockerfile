# La API y sus consumidores. La construye: docker build -f despliegue/imagenes/api.Dockerfile .
FROM node:24.21.0-bookworm-slim AS construccion
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY src/seedwork/package.json src/seedwork/
COPY src/aeroalpes/package.json src/aeroalpes/
COPY src/local/package.json src/local/
COPY src/notificaciones/package.json src/notificaciones/
COPY src/sidecar/package.json src/sidecar/
COPY src/ui/package.json src/ui/
RUN npm ci --workspace=aeroalpes-api --omit=dev
COPY . .
RUN node herramientas/podar.ts src/aeroalpes/main.ts src/aeroalpes/migrar.ts src/seedwork/infraestructura/proceso/sano.ts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 AEROALPES_DATOS=/datos AEROALPES_HOST=0.0.0.0 AEROALPES_PUERTO=5000
WORKDIR /app
COPY --from=construccion /app/package.json ./
COPY --from=construccion /app/node_modules node_modules
COPY --from=construccion /app/contratos contratos
COPY --from=construccion /app/src/seedwork src/seedwork
COPY --from=construccion /app/src/aeroalpes src/aeroalpes
RUN install -d -o 1000 -g 1000 /datos
USER 1000:1000
VOLUME /datos
EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "src/seedwork/infraestructura/proceso/sano.ts", "api"]
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=64", "--heap-growing-percent=60", "--expose-gc", "src/aeroalpes/main.ts"]
