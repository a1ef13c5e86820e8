import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { suscripciones, topicos } from 'aeroalpes-api/sistema.ts'
import { conPartes } from './contratos/arquitectura.ts'
import { asyncapi } from './contratos/asyncapi.ts'
import { importaciones, suscripcionesConectadas } from './contratos/conexiones.ts'
import { puntosDeCaida } from './contratos/puntos_de_caida.ts'
import { diferencias, escribir, generados } from './contratos.ts'

const RAIZ = dirname(import.meta.dirname)

test('contratos/, .env.example y lo generado de docs/ son los de este código', async () => {
  assert.deepEqual(diferencias(RAIZ, await generados(RAIZ)), [])
})

test('generar dos veces da lo mismo', async () => {
  assert.deepEqual(await generados(RAIZ), await generados(RAIZ))
})

const carpeta = (t: TestContext): string => {
  const raiz = mkdtempSync(join(tmpdir(), 'contratos-'))
  t.after(() => rmSync(raiz, { recursive: true, force: true }))
  return raiz
}

test('dice qué archivo falta, cuál cambió, cuál sobra y cómo se arregla', (t) => {
  const raiz = carpeta(t)
  const esperados = [
    { ruta: 'contratos/a.json', texto: '1\n' },
    { ruta: 'docs/b.md', texto: '2\n' },
  ]
  escribir(raiz, esperados)
  assert.deepEqual(diferencias(raiz, esperados), [])
  writeFileSync(join(raiz, 'contratos/a.json'), 'otra cosa')
  rmSync(join(raiz, 'docs/b.md'))
  mkdirSync(join(raiz, 'contratos/avro'))
  writeFileSync(join(raiz, 'contratos/avro/viejo.avsc'), '{}')
  assert.deepEqual(diferencias(raiz, esperados), [
    'contratos/a.json ya no es lo que el código genera; corre: npm run check -- --escribir',
    'Falta docs/b.md, que se genera del código; corre: npm run check -- --escribir',
    'contratos/avro/viejo.avsc ya no sale de nada: bórralo.',
  ])
})

/** El valor al que apunta `#/a/b`. */
const resolver = (documento: unknown, referencia: string): unknown =>
  referencia
    .slice(2)
    .split('/')
    .reduce<unknown>((valor, clave) => (valor as Readonly<Record<string, unknown>> | undefined)?.[clave], documento)

test('AsyncAPI nombra cada tópico, cada tipo y cada suscripción, y ninguna referencia queda en el aire', () => {
  const documento = asyncapi()
  assert.deepEqual(
    Object.keys(documento.channels),
    topicos.map(({ nombre }) => nombre),
  )
  assert.deepEqual(
    Object.keys(documento.components.messages),
    topicos.flatMap(({ tipos }) => Object.keys(tipos)),
  )
  for (const { nombre } of Object.values(suscripciones)) assert.ok(nombre in documento.operations, nombre)
  const referencias = [...JSON.stringify(documento).matchAll(/"\$ref":"([^"]+)"/g)].map(([, referencia = '']) => referencia)
  assert.ok(referencias.length > topicos.length)
  for (const referencia of referencias) assert.notEqual(resolver(documento, referencia), undefined, referencia)
})

test('una suscripción que nadie atiende se nota al generar', () => {
  const ruta = 'src/aeroalpes/sistema.ts'
  assert.throws(() => suscripcionesConectadas({ ruta, texto: '' }), /no dice quién atiende la suscripción/)
  const conectada = Object.keys(suscripciones).map((clave) => `consumir(suscripciones.${clave}, vuelos.hacer(x))`)
  const [primera] = suscripcionesConectadas({ ruta, texto: conectada.join('\n') })
  assert.deepEqual([primera?.modulo, primera?.funcion], ['vuelos', 'hacer'])
})

test('los módulos se dibujan por sus import, sin las pruebas y sin repetir', () => {
  const archivo = (ruta: string, ...de: readonly string[]) => ({ ruta, texto: de.map((otro) => `import { x } from '${otro}'`).join('\n') })
  const puerta = '../../vuelos/index.ts'
  assert.deepEqual(
    importaciones([
      archivo('src/aeroalpes/modulos/cliente/infraestructura/a.ts', puerta, puerta.replace('../..', '../../../modulos'), './b.ts'),
      archivo('src/aeroalpes/modulos/vuelos/infraestructura/a.test.ts', '../../cliente/index.ts'),
      archivo('src/aeroalpes/proceso.ts', './sistema.ts', 'seedwork/x.ts'),
    ]),
    [
      ['cliente', 'vuelos'],
      ['proceso', 'sistema'],
    ],
  )
})

test('lo generado va entre sus marcas y no toca lo demás', () => {
  const texto = 'antes\n<!-- generado: a -->\nviejo\n<!-- fin: a -->\ndespués'
  assert.equal(conPartes(texto, { a: 'nuevo' }), 'antes\n<!-- generado: a -->\n\nnuevo\n\n<!-- fin: a -->\ndespués')
  assert.equal(conPartes(conPartes(texto, { a: 'nuevo' }), { a: 'nuevo' }), conPartes(texto, { a: 'nuevo' }))
  assert.throws(() => conPartes('sin marcas', { a: 'nuevo' }), /Faltan las marcas/)
})

test('los puntos de caída se leen del código, no de sus pruebas', () => {
  const llamada = (punto: string): string => `puntoDeCaida('${punto}')`
  assert.deepEqual(
    puntosDeCaida([
      { ruta: 'src/b.ts', texto: `${llamada('dos')}\n${llamada('uno')}` },
      { ruta: 'src/b.test.ts', texto: llamada('tres') },
      { ruta: 'docs/b.ts', texto: llamada('cuatro') },
    ]),
    [
      ['dos', 'src/b.ts'],
      ['uno', 'src/b.ts'],
    ],
  )
})
