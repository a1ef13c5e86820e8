// Las pruebas de HTTP, de gRPC y de la página de siempre, sobre PostgreSQL y Pulsar a la vez: los cuatro procesos, y otra API que consume con
// la primera.
import { nuevaBase } from 'seedwork/pruebas/postgres.ts'
import { pruebasDeSiempre } from './de_siempre.ts'
import { lugarEnPulsar } from './procesos.ts'

await pruebasDeSiempre(
  ['fidelidad', 'idempotencia', 'listas', 'operaciones', 'propiedad', 'sidecar/reservas', 'navegador/pagina'],
  lugarEnPulsar(nuevaBase),
)
