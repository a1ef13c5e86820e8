import { test } from 'node:test'
import { dosApisSobreviven } from './apoyo/dos_apis.ts'

const SEMILLA = Number(process.env.SEMILLA ?? 20_261_127)

// La versión larga, con diez paradas y doscientas conexiones, es `node herramientas/arranque.mjs prueba tests/procesos/postgres_muertes.ts`.
test('dos procesos de la API sobre un PostgreSQL que muere, corta conexiones, y ellos también: perdido 0, doblado 0, en orden', (t) =>
  dosApisSobreviven(t, { semilla: SEMILLA, paradas: 2, cortes: 40, muertes: 2 }))
