# El adaptador gRPC. Fuera de su máquina pide TLS, o SIDECAR_INSEGURO=1 donde la red ya protege. La construye: docker build -f despliegue/imagenes/sidecar.Dockerfile .
FROM node:24.21.0-bookworm-slim AS construccion
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY src/seedwork/package.json src/seedwork/
COPY src/aeroalpes/package.json src/aeroalpes/
COPY src/local/package.json src/local/
COPY src/notificaciones/package.json src/notificaciones/
COPY src/sidecar/package.json src/sidecar/
COPY src/ui/package.json src/ui/
RUN npm ci --workspace=sidecar --omit=dev
COPY . .
# A grpc-js le sobra quien lee los .proto al correr: aquí los mensajes se generan antes.
RUN node herramientas/podar.ts src/sidecar/main.ts src/seedwork/infraestructura/proceso/sano.ts --sin @grpc/proto-loader

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 AEROALPES_DATOS=/datos SIDECAR_HOST=0.0.0.0 SIDECAR_PUERTO=50051
WORKDIR /app
COPY --from=construccion /app/package.json ./
COPY --from=construccion /app/node_modules node_modules
COPY --from=construccion /app/src/seedwork src/seedwork
COPY --from=construccion /app/src/sidecar src/sidecar
RUN install -d -o 1000 -g 1000 /datos
USER 1000:1000
VOLUME /datos
EXPOSE 50051
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "src/seedwork/infraestructura/proceso/sano.ts", "sidecar"]
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8", "--expose-gc", "src/sidecar/main.ts"]
