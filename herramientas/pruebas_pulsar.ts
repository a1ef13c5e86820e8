// npm run test:pulsar [-- filtro…] [--test-name-pattern=texto]: arranca un Pulsar de verdad, corre los *.pulsar.ts y lo para.
import { globSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { correrPruebas } from './correr_pruebas.ts'
import { abrirPulsar, loQueFalta, VERSION } from './pulsar/servidor.ts'

const { values, positionals: filtros } = parseArgs({
  allowPositionals: true,
  options: { 'test-name-pattern': { type: 'string', multiple: true } },
})

const archivos = globSync('{src,tests}/**/*.pulsar.ts', { exclude: ['**/node_modules/**'] })
  .map((ruta) => ruta.replaceAll('\\', '/'))
  .filter((ruta) => filtros.length === 0 || filtros.some((filtro) => ruta.includes(filtro)))
  .sort()

const falta = loQueFalta()
if (falta !== undefined) {
  console.error(`Sin Pulsar: ${falta}. No se corre:\n${archivos.map((archivo) => `  - ${archivo}`).join('\n')}`)
  // En la máquina de quien prueba es un aviso; en la integración continua, un fallo.
  process.exitCode = process.env.CI ? 1 : 0
} else if (archivos.length === 0) {
  console.error(`No hay pruebas de Pulsar en: ${filtros.join(', ')}.`)
  process.exitCode = 1
} else {
  const pulsar = await abrirPulsar()
  console.error(`Pulsar ${VERSION} en 127.0.0.1:${pulsar.puertoHttp}`)
  Object.assign(process.env, { PULSAR_DE_PRUEBA_HTTP: String(pulsar.puertoHttp), PULSAR_DE_PRUEBA_BINARIO: String(pulsar.puertoBinario) })
  try {
    await correrPruebas({
      archivos,
      patrones: values['test-name-pattern'],
      concurrencia: 1,
      plazoDeUnaMs: 900_000,
      plazoDeTodasMs: 2_100_000,
    })
  } finally {
    await pulsar.parar()
  }
}
