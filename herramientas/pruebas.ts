// npm test [-- filtro…] [--test-name-pattern=texto]: corre los *.test.ts cuya ruta contiene alguno de los filtros (sin filtros, todos).
import { globSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { abrirServidorPostgres } from 'seedwork/pruebas/postgres.ts'
import { correrPruebas } from './correr_pruebas.ts'

const CARPETAS = '{src,tests,pruebas,bench,herramientas}/**/*.test.ts'

const { values, positionals: filtros } = parseArgs({
  allowPositionals: true,
  options: { 'test-name-pattern': { type: 'string', multiple: true } },
})

const arrancaProcesos = (ruta: string): boolean => /procesos\/|caidas|muertes/.test(ruta)

const archivos = globSync(CARPETAS, { exclude: ['**/node_modules/**'] })
  .map((ruta) => ruta.replaceAll('\\', '/'))
  .filter((ruta) => filtros.length === 0 || filtros.some((filtro) => ruta.includes(filtro)))
  .sort()
  // Primero las que más tardan, que son las que arrancan procesos: ninguna se queda sola al final.
  .sort((a, b) => Number(arrancaProcesos(b)) - Number(arrancaProcesos(a)))

if (archivos.length > 0) {
  // Uno para todas: cada archivo usa sus bases. El que lo mata o lo llena arranca el suyo.
  const postgres = await abrirServidorPostgres()
  process.env.POSTGRES_DE_PRUEBA = postgres.direccion()
  try {
    const patrones = values['test-name-pattern']
    await correrPruebas({ archivos, patrones, concurrencia: 3, plazoDeUnaMs: 180_000, plazoDeTodasMs: 600_000 })
  } finally {
    await postgres.parar()
  }
} else {
  console.error(`No hay pruebas que correr${filtros.length > 0 ? ` en: ${filtros.join(', ')}` : ''}.`)
  process.exitCode = 1
}
