// La prueba larga de PostgreSQL: node herramientas/arranque.mjs prueba tests/procesos/postgres_muertes.ts
import { test } from 'node:test'
import { dosApisSobreviven } from './apoyo/dos_apis.ts'

const SEMILLA = Number(process.env.SEMILLA ?? 20_261_128)

test('diez paradas de golpe, doscientas conexiones cortadas y seis muertes de los dos procesos de la API', (t) =>
  dosApisSobreviven(t, { semilla: SEMILLA, paradas: 10, cortes: 200, muertes: 6 }))
