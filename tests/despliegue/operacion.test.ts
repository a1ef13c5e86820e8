import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { crearMedidas } from 'seedwork/infraestructura/broker/pulsar/medidas.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { conProceso } from '../../herramientas/proceso_de_paso.ts'
import { ESQUEMAS, leer, leerCompose, RAIZ } from './apoyo.ts'

const nombresDe = (metricas: string): readonly string[] => [...metricas.matchAll(/^# HELP (\S+)/gm)].map(([, nombre = '']) => nombre)

test('cada medida que docs/operacion.md explica se publica de verdad, y cada una de las nuestras está explicada', async () => {
  const explicadas = [...leer('docs/operacion.md').matchAll(/^\| `([a-z0-9]+_[a-z0-9_]+)` \| .+ \| .+ \|$/gm)].map(
    ([, nombre = '']) => nombre,
  )
  const deLaApi = nombresDe(await conProceso(async (api) => (await fetch(`${api}/metrics`)).text()))
  const registro = new Registry()
  crearMedidas(registro, () => 0)
  const dePulsar = nombresDe(await registro.metrics())
  const [, deCorreo = ''] = /const METRICA = '(\w+)'/.exec(leer('src/notificaciones/notificaciones.ts')) ?? []
  const todas = [...deLaApi, ...dePulsar, deCorreo]
  assert.deepEqual(
    explicadas.filter((nombre) => !todas.includes(nombre)),
    [],
  )
  const nuestras = todas.filter((nombre) => !/^(?:nodejs|process)_/.test(nombre))
  assert.deepEqual(
    nuestras.filter((nombre) => !explicadas.includes(nombre)),
    [],
  )
})

/** Las filas de la tabla «de un proceso a un clúster», con lo que va entre comillas invertidas. */
const filas = (documento: string): readonly (readonly string[])[] => {
  const texto = leer(documento)
  const desde = /^## (?:De un proceso a un clúster|From one process to a cluster)$/m.exec(texto)?.index ?? assert.fail(documento)
  const tabla = texto.slice(desde, texto.indexOf('\n## ', desde + 1))
  return tabla
    .split('\n')
    .filter((linea) => /^\| [^|]/.test(linea))
    .map((linea) => [...linea.matchAll(/`([^`]+)`/g)].map(([, codigo = '']) => codigo))
    .filter((codigos) => codigos.length > 0)
}

/** Por qué no es verdad lo que dice: la variable y su valor, la orden y lo que nombra. */
const problema = (codigo: string): string | undefined => {
  const [, variable, valor = ''] = /^([A-Z_]+)=(.*)$/.exec(codigo) ?? []
  if (variable !== undefined) {
    const suyos = Object.values(ESQUEMAS).filter(({ esquema }) => variable in esquema)
    if (suyos.length === 0) return `nadie lee ${variable}`
    for (const { esquema } of suyos)
      leerVariables({ [variable]: esquema[variable] ?? assert.fail() }, { [variable]: valor.replace('…', 'x') })
    return undefined
  }
  if (/^[A-Z_]+$/.test(codigo)) return Object.values(ESQUEMAS).some(({ esquema }) => codigo in esquema) ? undefined : `nadie lee ${codigo}`
  const [, guion] = /^npm (?:run )?(\w+)/.exec(codigo) ?? []
  if (guion !== undefined) return guion in JSON.parse(leer('package.json')).scripts ? undefined : `no hay npm run ${guion}`
  if (codigo === 'docker compose up') return Object.keys(leerCompose()).length > 0 ? undefined : 'compose está vacío'
  const [, carpeta] = /^kubectl apply -k (\S+)$/.exec(codigo) ?? []
  if (carpeta !== undefined) return existsSync(join(RAIZ, carpeta, 'kustomization.yaml')) ? undefined : `no hay ${carpeta}`
  if (/^\w+\.yaml$/.test(codigo)) return existsSync(join(RAIZ, 'despliegue/kubernetes', codigo)) ? undefined : `no hay ${codigo}`
  return Object.keys(ESQUEMAS).includes(codigo) ? undefined : `no se sabe qué es ${codigo}`
}

// Las dos primeras líneas las corren las órdenes de los README; la de Pulsar, `npm run test:pulsar`; la de PostgreSQL, las pruebas sobre ella; las
// dos últimas, `npm run pruebas:imagenes` y `npm run despliegue`. Aquí, que cada línea nombra cosas que existen y valores que se aceptan.
for (const documento of ['README.md', 'README.en.md', 'docs/operacion.md'])
  test(`la tabla de un proceso a un clúster de ${documento} dice, línea por línea, cosas que existen`, () => {
    const todas = filas(documento)
    assert.ok(todas.length >= 3)
    assert.deepEqual(
      todas.flat().flatMap((codigo) => problema(codigo) ?? []),
      [],
    )
  })
