// npm test [-- filtro…] [--test-name-pattern=texto]: corre los *.test.ts cuya ruta contiene alguno de los filtros (sin filtros, todos).
import { globSync } from 'node:fs'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'

const CARPETAS = '{src,tests,bench,herramientas}/**/*.test.ts'
const PLAZO_DE_UNA_MS = 90_000
const PLAZO_DE_TODAS_MS = 420_000

const { values, positionals: filtros } = parseArgs({
  allowPositionals: true,
  options: { 'test-name-pattern': { type: 'string', multiple: true } },
})

const fallar = (motivo: string): void => {
  console.error(motivo)
  process.exitCode = 1
}

const archivos = globSync(CARPETAS, { exclude: ['**/node_modules/**'] })
  .map((ruta) => ruta.replaceAll('\\', '/'))
  .filter((ruta) => filtros.length === 0 || filtros.some((filtro) => ruta.includes(filtro)))
  .sort()

if (archivos.length === 0) fallar(`No hay pruebas que correr${filtros.length > 0 ? ` en: ${filtros.join(', ')}` : ''}.`)
else {
  let pruebas = 0
  const patrones = values['test-name-pattern']
  const informe = run({
    files: archivos,
    concurrency: 2,
    timeout: PLAZO_DE_UNA_MS,
    signal: AbortSignal.timeout(PLAZO_DE_TODAS_MS), // un archivo que deja algo abierto no termina solo
    ...(patrones && { testNamePatterns: patrones }),
  })
  // node da por buena, con el nombre del archivo, la que no declara ninguna prueba.
  const esUnArchivo = ({ name, nesting }: { name: string; nesting: number }): boolean => nesting === 0 && archivos.includes(name)
  informe.on('test:pass', (dato) => {
    if (!esUnArchivo(dato)) pruebas += 1
    else if (!patrones) fallar(`${dato.name} no tiene ninguna prueba.`)
  })
  informe.on('test:fail', (dato) => {
    if (!esUnArchivo(dato)) pruebas += 1
    process.exitCode = 1
  })
  informe.on('end', () => pruebas === 0 && fallar('No se ejecutó ninguna prueba.'))
  informe.compose(new spec()).pipe(process.stdout)
}
