// Las pruebas de HTTP y de gRPC de siempre, sobre cuatro procesos y un Pulsar. Las que no están aquí ponen algo dentro del proceso de la API
// (un reloj, un consumidor detenido, un almacén lleno): no se pueden hacer desde fuera, y corren en `npm test`.
import { pruebasDeSiempre } from './de_siempre.ts'

await pruebasDeSiempre([
  'conformidad',
  'fidelidad',
  'idempotencia',
  'listas',
  'operaciones',
  'propiedad',
  'salud_y_documentos',
  'sidecar/errores',
  'sidecar/reservas',
])
